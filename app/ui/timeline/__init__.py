"""The shared time axis: minimap, waveforms, lanes."""
