CREATE TABLE audio_blob (
	sha256 TEXT NOT NULL,
	ext TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	path TEXT,
	codec TEXT DEFAULT '' NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_audio_blob PRIMARY KEY (sha256)
)
 STRICT
--;
CREATE TABLE call (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	code TEXT COLLATE "NOCASE" NOT NULL,
	title TEXT NOT NULL,
	rate_hz INTEGER NOT NULL,
	frame_count INTEGER NOT NULL,
	channel_map TEXT NOT NULL,
	source_path TEXT NOT NULL,
	source_key TEXT DEFAULT '' NOT NULL,
	content_sha256 TEXT NOT NULL,
	imported_at TEXT NOT NULL,
	recorded_at TEXT,
	agent TEXT DEFAULT '' NOT NULL,
	agent_version TEXT DEFAULT '' NOT NULL,
	scenario_key TEXT DEFAULT '' NOT NULL,
	persona TEXT DEFAULT '' NOT NULL,
	attempt INTEGER DEFAULT 1 NOT NULL,
	language TEXT DEFAULT '' NOT NULL,
	outcome TEXT DEFAULT '' NOT NULL,
	flagged INTEGER DEFAULT 0 NOT NULL,
	archived INTEGER DEFAULT 0 NOT NULL,
	warnings TEXT DEFAULT '[]' NOT NULL,
	extra TEXT DEFAULT '{}' NOT NULL,
	CONSTRAINT pk_call PRIMARY KEY (seq),
	CONSTRAINT ck_call_channel_map CHECK (channel_map IN ('caller,agent', 'agent,caller', 'mono')),
	CONSTRAINT ck_call_flagged_archived CHECK (flagged IN (0, 1) AND archived IN (0, 1)),
	CONSTRAINT uq_call_id UNIQUE (id),
	CONSTRAINT uq_call_code UNIQUE (code),
	CONSTRAINT uq_call_content_sha256 UNIQUE (content_sha256)
)
 STRICT
--;
CREATE TABLE call_sparkline (
	seq INTEGER NOT NULL,
	bars BLOB NOT NULL,
	ticks BLOB NOT NULL,
	CONSTRAINT pk_call_sparkline PRIMARY KEY (seq)
)
 STRICT
--;
CREATE TABLE call_summary (
	seq INTEGER NOT NULL,
	call_id TEXT NOT NULL,
	code TEXT NOT NULL,
	title TEXT NOT NULL,
	scenario_key TEXT DEFAULT '' NOT NULL,
	scenario_title TEXT DEFAULT '' NOT NULL,
	agent TEXT DEFAULT '' NOT NULL,
	agent_version TEXT DEFAULT '' NOT NULL,
	outcome TEXT DEFAULT '' NOT NULL,
	language TEXT DEFAULT '' NOT NULL,
	duration_ms INTEGER NOT NULL,
	turns INTEGER,
	p50_ms INTEGER,
	p95_ms INTEGER,
	max_latency_ms INTEGER,
	interruptions INTEGER,
	overlaps INTEGER,
	silence_ms INTEGER,
	longest_silence_ms INTEGER,
	reaction_p50_ms INTEGER,
	raters_done INTEGER DEFAULT 0 NOT NULL,
	raters_assigned INTEGER DEFAULT 0 NOT NULL,
	human_state INTEGER DEFAULT 0 NOT NULL,
	judge REAL,
	reason TEXT,
	flagged INTEGER DEFAULT 0 NOT NULL,
	archived INTEGER DEFAULT 0 NOT NULL,
	warnings INTEGER DEFAULT 0 NOT NULL,
	recorded_at TEXT,
	imported_at TEXT NOT NULL,
	tags TEXT DEFAULT '' NOT NULL,
	revision INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT pk_call_summary PRIMARY KEY (seq),
	CONSTRAINT uq_call_summary_call_id UNIQUE (call_id)
)
 STRICT
--;
CREATE INDEX ix_call_summary_agent ON call_summary (agent, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_archived ON call_summary (seq) WHERE archived = 1
--;
CREATE INDEX ix_call_summary_duration_ms ON call_summary (duration_ms, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_flagged ON call_summary (flagged, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_imported_at ON call_summary (imported_at, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_interruptions ON call_summary (interruptions, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_judge ON call_summary (judge, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_language ON call_summary (language, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_max_latency_ms ON call_summary (max_latency_ms, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_outcome ON call_summary (outcome, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_overlaps ON call_summary (overlaps, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_p50_ms ON call_summary (p50_ms, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_p95_ms ON call_summary (p95_ms, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_raters_done ON call_summary (raters_done, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_reason ON call_summary (reason, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_recorded_at ON call_summary (recorded_at, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_revision ON call_summary (revision)
--;
CREATE INDEX ix_call_summary_scenario_title ON call_summary (scenario_title, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_title ON call_summary (title, seq) WHERE archived = 0
--;
CREATE INDEX ix_call_summary_turns ON call_summary (turns, seq) WHERE archived = 0
--;
CREATE TABLE call_text (
	seq INTEGER NOT NULL,
	folded TEXT NOT NULL,
	CONSTRAINT pk_call_text PRIMARY KEY (seq)
)
 STRICT
--;
CREATE TABLE rubric_version (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	"key" TEXT NOT NULL,
	version INTEGER NOT NULL,
	title TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	source TEXT DEFAULT '' NOT NULL,
	extra TEXT DEFAULT '{}' NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_rubric_version PRIMARY KEY (seq),
	CONSTRAINT uq_rubric_version_key_version UNIQUE ("key", version),
	CONSTRAINT uq_rubric_version_id UNIQUE (id),
	CONSTRAINT uq_rubric_version_sha256 UNIQUE (sha256)
)
 STRICT
--;
CREATE TABLE scenario (
	id TEXT NOT NULL,
	"key" TEXT NOT NULL,
	archetype TEXT DEFAULT '' NOT NULL,
	title TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	body TEXT NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_scenario PRIMARY KEY (id),
	CONSTRAINT uq_scenario_key_sha256 UNIQUE ("key", sha256)
)
 STRICT
--;
CREATE TABLE setting (
	seq INTEGER NOT NULL,
	scope TEXT DEFAULT '' NOT NULL,
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	CONSTRAINT pk_setting PRIMARY KEY (seq),
	CONSTRAINT uq_setting_scope_key UNIQUE (scope, "key")
)
 STRICT
--;
CREATE TABLE source (
	"key" TEXT NOT NULL,
	channel_map TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at TEXT NOT NULL,
	CONSTRAINT pk_source PRIMARY KEY ("key")
)
 STRICT
--;
CREATE TABLE workspace (
	only INTEGER NOT NULL CONSTRAINT ck_workspace_only CHECK (only = 1),
	id TEXT NOT NULL,
	created_at TEXT NOT NULL,
	next_call INTEGER DEFAULT 1 NOT NULL,
	revision INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT pk_workspace PRIMARY KEY (only)
)
 STRICT
--;
CREATE TABLE call_tag (
	call_id TEXT NOT NULL,
	tag TEXT COLLATE "NOCASE" NOT NULL,
	CONSTRAINT pk_call_tag PRIMARY KEY (call_id, tag),
	CONSTRAINT fk_call_tag_call_id FOREIGN KEY(call_id) REFERENCES call (id)
)
 STRICT
--;
CREATE INDEX ix_call_tag_tag_call_id ON call_tag (tag, call_id)
--;
CREATE TABLE criterion (
	id TEXT NOT NULL,
	rubric_version_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	title TEXT NOT NULL,
	question TEXT NOT NULL,
	scope TEXT NOT NULL,
	scale TEXT NOT NULL,
	na_allowed INTEGER DEFAULT 1 NOT NULL,
	higher_is_better INTEGER DEFAULT 1 NOT NULL,
	weight REAL NOT NULL,
	body TEXT NOT NULL,
	CONSTRAINT pk_criterion PRIMARY KEY (id),
	CONSTRAINT uq_criterion_rubric_version_id_key UNIQUE (rubric_version_id, "key"),
	CONSTRAINT ck_criterion_na_allowed_higher_is_better CHECK (na_allowed IN (0, 1) AND higher_is_better IN (0, 1)),
	CONSTRAINT fk_criterion_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id)
)
 STRICT
--;
CREATE INDEX ix_criterion_key ON criterion ("key")
--;
CREATE TABLE judge_version (
	id TEXT NOT NULL,
	provider TEXT NOT NULL,
	model TEXT NOT NULL,
	model_snapshot TEXT DEFAULT '' NOT NULL,
	prompt_sha256 TEXT NOT NULL,
	rubric_version_id TEXT,
	params TEXT DEFAULT '{}' NOT NULL,
	modality TEXT DEFAULT 'text' NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_judge_version PRIMARY KEY (id),
	CONSTRAINT ck_judge_version_modality CHECK (modality IN ('audio', 'text', 'both')),
	CONSTRAINT fk_judge_version_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id)
)
 STRICT
--;
CREATE TABLE track (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	role TEXT NOT NULL,
	audio_sha256 TEXT NOT NULL,
	channel_index INTEGER NOT NULL,
	rate_hz INTEGER NOT NULL,
	frame_count INTEGER NOT NULL,
	offset_frames INTEGER DEFAULT 0 NOT NULL,
	drift_ppm REAL NOT NULL,
	trim_db REAL NOT NULL,
	CONSTRAINT pk_track PRIMARY KEY (id),
	CONSTRAINT uq_track_call_id_role UNIQUE (call_id, role),
	CONSTRAINT ck_track_role CHECK (role IN ('caller', 'agent', 'mix')),
	CONSTRAINT fk_track_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_track_audio_sha256 FOREIGN KEY(audio_sha256) REFERENCES audio_blob (sha256)
)
 STRICT
--;
CREATE TABLE rater (
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT COLLATE "NOCASE" NOT NULL,
	role TEXT NOT NULL,
	expertise TEXT DEFAULT '' NOT NULL,
	active INTEGER DEFAULT 1 NOT NULL,
	judge_version_id TEXT,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_rater PRIMARY KEY (id),
	CONSTRAINT uq_rater_kind_name UNIQUE (kind, name),
	CONSTRAINT ck_rater_kind CHECK (kind IN ('human', 'judge')),
	CONSTRAINT ck_rater_role CHECK (role IN ('reviewer', 'lead')),
	CONSTRAINT ck_rater_active CHECK (active IN (0, 1)),
	CONSTRAINT ck_rater_judge CHECK ((kind = 'judge') = (judge_version_id IS NOT NULL)),
	CONSTRAINT fk_rater_judge_version_id FOREIGN KEY(judge_version_id) REFERENCES judge_version (id)
)
 STRICT
--;
CREATE TABLE action (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	rater_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	target_id TEXT,
	payload TEXT DEFAULT '{}' NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_action PRIMARY KEY (seq),
	CONSTRAINT ck_action_kind CHECK (kind IN ('do', 'undo', 'redo', 'submit')),
	CONSTRAINT uq_action_id UNIQUE (id),
	CONSTRAINT fk_action_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_action_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id),
	CONSTRAINT fk_action_target_id FOREIGN KEY(target_id) REFERENCES action (id)
)
 STRICT
--;
CREATE INDEX ix_action_call_id_rater_id_seq ON action (call_id, rater_id, seq)
--;
CREATE TABLE comment (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	thread_id TEXT NOT NULL,
	version INTEGER NOT NULL,
	call_id TEXT NOT NULL,
	rater_id TEXT NOT NULL,
	start INTEGER NOT NULL,
	"end" INTEGER,
	body TEXT NOT NULL,
	severity INTEGER DEFAULT 1 NOT NULL,
	tags TEXT DEFAULT '[]' NOT NULL,
	turn_index INTEGER,
	is_marker INTEGER DEFAULT 0 NOT NULL,
	deleted INTEGER DEFAULT 0 NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_comment PRIMARY KEY (seq),
	CONSTRAINT uq_comment_thread_id_version UNIQUE (thread_id, version),
	CONSTRAINT ck_comment_is_marker_deleted CHECK (is_marker IN (0, 1) AND deleted IN (0, 1)),
	CONSTRAINT uq_comment_id UNIQUE (id),
	CONSTRAINT fk_comment_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_comment_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_comment_call_id_thread_id_version ON comment (call_id, thread_id, version)
--;
CREATE TABLE layer (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	origin TEXT NOT NULL,
	name TEXT NOT NULL,
	producer TEXT DEFAULT '' NOT NULL,
	parent_id TEXT,
	rater_id TEXT,
	version INTEGER DEFAULT 1 NOT NULL,
	params TEXT DEFAULT '{}' NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_layer PRIMARY KEY (seq),
	CONSTRAINT ck_layer_kind CHECK (kind IN ('speech', 'transcript')),
	CONSTRAINT ck_layer_origin CHECK (origin IN ('detector', 'platform', 'import', 'human', 'plan')),
	CONSTRAINT uq_layer_id UNIQUE (id),
	CONSTRAINT fk_layer_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_layer_parent_id FOREIGN KEY(parent_id) REFERENCES layer (id),
	CONSTRAINT fk_layer_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_layer_call_id_kind_seq ON layer (call_id, kind, seq)
--;
CREATE TABLE reveal_audit (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	rubric_version_id TEXT,
	rater_id TEXT NOT NULL,
	what TEXT NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_reveal_audit PRIMARY KEY (id),
	CONSTRAINT fk_reveal_audit_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_reveal_audit_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id),
	CONSTRAINT fk_reveal_audit_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_reveal_audit_call_id_rater_id ON reveal_audit (call_id, rater_id)
--;
CREATE TABLE saved_view (
	id TEXT NOT NULL,
	rater_id TEXT,
	name TEXT NOT NULL,
	"query" TEXT NOT NULL,
	sort_key TEXT DEFAULT 'code' NOT NULL,
	descending INTEGER DEFAULT 1 NOT NULL,
	position INTEGER DEFAULT 0 NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_saved_view PRIMARY KEY (id),
	CONSTRAINT uq_saved_view_rater_id_name UNIQUE (rater_id, name),
	CONSTRAINT fk_saved_view_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE TABLE submission (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	rubric_version_id TEXT NOT NULL,
	rater_id TEXT NOT NULL,
	version INTEGER NOT NULL,
	upto_seq INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_submission PRIMARY KEY (seq),
	CONSTRAINT uq_submission_call_id_rubric_version_id_rater_id_version UNIQUE (call_id, rubric_version_id, rater_id, version),
	CONSTRAINT uq_submission_id UNIQUE (id),
	CONSTRAINT fk_submission_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_submission_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id),
	CONSTRAINT fk_submission_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_submission_rater_id_call_id_rubric_version_id ON submission (rater_id, call_id, rubric_version_id)
--;
CREATE TABLE item (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	layer_id TEXT,
	layer_version INTEGER,
	profile_id TEXT,
	turn_index INTEGER,
	speaker TEXT,
	start INTEGER NOT NULL,
	"end" INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_item PRIMARY KEY (id),
	CONSTRAINT ck_item_kind CHECK (kind IN ('call', 'turn', 'pair', 'clip', 'check')),
	CONSTRAINT ck_item_span CHECK ("start" <= "end"),
	CONSTRAINT fk_item_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_item_layer_id FOREIGN KEY(layer_id) REFERENCES layer (id)
)
 STRICT
--;
CREATE INDEX ix_item_call_id_kind_start_end ON item (call_id, kind, start, "end")
--;
CREATE TABLE layer_edit (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	layer_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	op TEXT NOT NULL,
	payload TEXT NOT NULL,
	target_id TEXT,
	rater_id TEXT NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_layer_edit PRIMARY KEY (seq),
	CONSTRAINT uq_layer_edit_layer_id_number UNIQUE (layer_id, number),
	CONSTRAINT ck_layer_edit_op CHECK (op IN ('move', 'split', 'merge', 'delete', 'add', 'relabel', 'text', 'revoke', 'restore')),
	CONSTRAINT uq_layer_edit_id UNIQUE (id),
	CONSTRAINT fk_layer_edit_layer_id FOREIGN KEY(layer_id) REFERENCES layer (id),
	CONSTRAINT fk_layer_edit_target_id FOREIGN KEY(target_id) REFERENCES layer_edit (id),
	CONSTRAINT fk_layer_edit_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE TABLE segment (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	layer_id TEXT NOT NULL,
	speaker TEXT NOT NULL,
	start INTEGER NOT NULL,
	"end" INTEGER NOT NULL,
	text TEXT DEFAULT '' NOT NULL,
	confidence REAL,
	words TEXT,
	heard INTEGER DEFAULT 1 NOT NULL,
	CONSTRAINT pk_segment PRIMARY KEY (seq),
	CONSTRAINT uq_segment_layer_id_id UNIQUE (layer_id, id),
	CONSTRAINT ck_segment_speaker CHECK (speaker IN ('caller', 'agent')),
	CONSTRAINT ck_segment_span CHECK ("start" <= "end"),
	CONSTRAINT ck_segment_heard CHECK (heard IN (0, 1)),
	CONSTRAINT fk_segment_layer_id FOREIGN KEY(layer_id) REFERENCES layer (id)
)
 STRICT
--;
CREATE TABLE assignment (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	item_id TEXT,
	rater_id TEXT NOT NULL,
	rubric_version_id TEXT,
	policy TEXT NOT NULL,
	stratum TEXT DEFAULT '' NOT NULL,
	reason TEXT NOT NULL,
	inclusion_prob REAL NOT NULL,
	seed INTEGER NOT NULL,
	drawn_at TEXT NOT NULL,
	CONSTRAINT pk_assignment PRIMARY KEY (id),
	CONSTRAINT ck_assignment_inclusion_prob CHECK (inclusion_prob > 0 AND inclusion_prob <= 1),
	CONSTRAINT fk_assignment_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_assignment_item_id FOREIGN KEY(item_id) REFERENCES item (id),
	CONSTRAINT fk_assignment_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id),
	CONSTRAINT fk_assignment_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id)
)
 STRICT
--;
CREATE INDEX ix_assignment_call_id_rater_id ON assignment (call_id, rater_id)
--;
CREATE INDEX ix_assignment_rater_id_call_id ON assignment (rater_id, call_id)
--;
CREATE TABLE score (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	item_id TEXT NOT NULL,
	rubric_version_id TEXT NOT NULL,
	criterion_id TEXT NOT NULL,
	rater_id TEXT NOT NULL,
	run_id TEXT,
	assignment_id TEXT,
	status TEXT NOT NULL,
	value REAL,
	na_reason TEXT DEFAULT '' NOT NULL,
	confidence INTEGER,
	rationale TEXT DEFAULT '' NOT NULL,
	evidence TEXT DEFAULT '[]' NOT NULL,
	level_probs TEXT,
	flagged INTEGER DEFAULT 0 NOT NULL,
	blind INTEGER NOT NULL,
	presentation TEXT,
	phase TEXT NOT NULL,
	duration_ms INTEGER DEFAULT 0 NOT NULL,
	submission_id TEXT,
	supersedes_id TEXT,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_score PRIMARY KEY (seq),
	CONSTRAINT ck_score_status CHECK (status IN ('observed', 'abstained', 'not_applicable', 'cleared', 'parse_error', 'provider_error')),
	CONSTRAINT ck_score_phase CHECK (phase IN ('draft', 'submitted')),
	CONSTRAINT ck_score_flagged_blind CHECK (flagged IN (0, 1) AND blind IN (0, 1)),
	CONSTRAINT ck_score_value CHECK ((status = 'observed') = (value IS NOT NULL)),
	CONSTRAINT uq_score_id UNIQUE (id),
	CONSTRAINT fk_score_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_score_item_id FOREIGN KEY(item_id) REFERENCES item (id),
	CONSTRAINT fk_score_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id),
	CONSTRAINT fk_score_criterion_id FOREIGN KEY(criterion_id) REFERENCES criterion (id),
	CONSTRAINT fk_score_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id),
	CONSTRAINT fk_score_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignment (id),
	CONSTRAINT fk_score_submission_id FOREIGN KEY(submission_id) REFERENCES submission (id),
	CONSTRAINT fk_score_supersedes_id FOREIGN KEY(supersedes_id) REFERENCES score (id)
)
 STRICT
--;
CREATE INDEX ix_score_call_id_rubric_version_id_rater_id_seq ON score (call_id, rubric_version_id, rater_id, seq)
--;
CREATE INDEX ix_score_criterion_id_call_id ON score (criterion_id, call_id)
--;
CREATE INDEX ix_score_submission_id ON score (submission_id)
--;
CREATE INDEX ix_score_supersedes_id ON score (supersedes_id)
--;
CREATE UNIQUE INDEX ux_item_pin ON item (call_id, kind, coalesce(layer_id, ''), coalesce(layer_version, -1), coalesce(profile_id, ''), coalesce(speaker, ''), "start", "end")
--;
CREATE TRIGGER tr_judge_version_no_update BEFORE UPDATE ON judge_version BEGIN SELECT RAISE(ABORT, 'judge_version is immutable'); END
--;
CREATE TRIGGER tr_judge_version_no_delete BEFORE DELETE ON judge_version BEGIN SELECT RAISE(ABORT, 'judge_version is immutable'); END
--;
CREATE TRIGGER tr_rubric_version_no_update BEFORE UPDATE ON rubric_version BEGIN SELECT RAISE(ABORT, 'rubric_version is immutable'); END
--;
CREATE TRIGGER tr_rubric_version_no_delete BEFORE DELETE ON rubric_version BEGIN SELECT RAISE(ABORT, 'rubric_version is immutable'); END
--;
CREATE TRIGGER tr_criterion_no_update BEFORE UPDATE ON criterion BEGIN SELECT RAISE(ABORT, 'criterion is immutable'); END
--;
CREATE TRIGGER tr_criterion_no_delete BEFORE DELETE ON criterion BEGIN SELECT RAISE(ABORT, 'criterion is immutable'); END
--;
CREATE TRIGGER tr_layer_no_update BEFORE UPDATE ON layer BEGIN SELECT RAISE(ABORT, 'layer is immutable'); END
--;
CREATE TRIGGER tr_layer_no_delete BEFORE DELETE ON layer BEGIN SELECT RAISE(ABORT, 'layer is immutable'); END
--;
CREATE TRIGGER tr_segment_no_update BEFORE UPDATE ON segment BEGIN SELECT RAISE(ABORT, 'segment is immutable'); END
--;
CREATE TRIGGER tr_segment_no_delete BEFORE DELETE ON segment BEGIN SELECT RAISE(ABORT, 'segment is immutable'); END
--;
CREATE TRIGGER tr_item_no_update BEFORE UPDATE ON item BEGIN SELECT RAISE(ABORT, 'item is immutable'); END
--;
CREATE TRIGGER tr_item_no_delete BEFORE DELETE ON item BEGIN SELECT RAISE(ABORT, 'item is immutable'); END
--;
CREATE TRIGGER tr_score_no_update BEFORE UPDATE ON score BEGIN SELECT RAISE(ABORT, 'score is append-only'); END
--;
CREATE TRIGGER tr_score_no_delete BEFORE DELETE ON score BEGIN SELECT RAISE(ABORT, 'score is append-only'); END
--;
CREATE TRIGGER tr_submission_no_update BEFORE UPDATE ON submission BEGIN SELECT RAISE(ABORT, 'submission is append-only'); END
--;
CREATE TRIGGER tr_submission_no_delete BEFORE DELETE ON submission BEGIN SELECT RAISE(ABORT, 'submission is append-only'); END
--;
CREATE TRIGGER tr_layer_edit_no_update BEFORE UPDATE ON layer_edit BEGIN SELECT RAISE(ABORT, 'layer_edit is append-only'); END
--;
CREATE TRIGGER tr_layer_edit_no_delete BEFORE DELETE ON layer_edit BEGIN SELECT RAISE(ABORT, 'layer_edit is append-only'); END
--;
CREATE TRIGGER tr_action_no_update BEFORE UPDATE ON action BEGIN SELECT RAISE(ABORT, 'action is append-only'); END
--;
CREATE TRIGGER tr_action_no_delete BEFORE DELETE ON action BEGIN SELECT RAISE(ABORT, 'action is append-only'); END
--;
CREATE TRIGGER tr_comment_no_update BEFORE UPDATE ON comment BEGIN SELECT RAISE(ABORT, 'comment is append-only'); END
--;
CREATE TRIGGER tr_comment_no_delete BEFORE DELETE ON comment BEGIN SELECT RAISE(ABORT, 'comment is append-only'); END
--;
CREATE TRIGGER tr_assignment_no_update BEFORE UPDATE ON assignment BEGIN SELECT RAISE(ABORT, 'assignment is append-only'); END
--;
CREATE TRIGGER tr_assignment_no_delete BEFORE DELETE ON assignment BEGIN SELECT RAISE(ABORT, 'assignment is append-only'); END
--;
CREATE TRIGGER tr_reveal_audit_no_update BEFORE UPDATE ON reveal_audit BEGIN SELECT RAISE(ABORT, 'reveal_audit is append-only'); END
--;
CREATE TRIGGER tr_reveal_audit_no_delete BEFORE DELETE ON reveal_audit BEGIN SELECT RAISE(ABORT, 'reveal_audit is append-only'); END
--;
CREATE VIRTUAL TABLE call_fts USING fts5 (folded, content='call_text', content_rowid='seq', tokenize='trigram')
--;
CREATE TRIGGER tr_call_text_insert AFTER INSERT ON call_text BEGIN INSERT INTO call_fts (rowid, folded) VALUES (new.seq, new.folded); END
--;
CREATE TRIGGER tr_call_text_delete AFTER DELETE ON call_text BEGIN INSERT INTO call_fts (call_fts, rowid, folded) VALUES ('delete', old.seq, old.folded); END
--;
CREATE TRIGGER tr_call_text_update AFTER UPDATE ON call_text BEGIN INSERT INTO call_fts (call_fts, rowid, folded) VALUES ('delete', old.seq, old.folded); INSERT INTO call_fts (rowid, folded) VALUES (new.seq, new.folded); END
