"""The call review screen."""
