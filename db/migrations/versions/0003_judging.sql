CREATE TABLE judge_definition (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	body TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	created_by TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_judge_definition PRIMARY KEY (seq), 
	CONSTRAINT uq_judge_definition_name_version UNIQUE (name, version), 
	CONSTRAINT ck_judge_definition_origin CHECK (origin IN ('shipped', 'edited')), 
	CONSTRAINT uq_judge_definition_id UNIQUE (id), 
	CONSTRAINT uq_judge_definition_sha256 UNIQUE (sha256), 
	CONSTRAINT fk_judge_definition_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE TEMP TABLE old_judge_version AS SELECT id, provider, model, model_snapshot, prompt_sha256, rubric_version_id, params, modality, created_at FROM judge_version
--;
DROP TABLE judge_version
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
	definition_id TEXT, 
	name TEXT DEFAULT '' NOT NULL, 
	sha256 TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_judge_version PRIMARY KEY (id), 
	CONSTRAINT ck_judge_version_modality CHECK (modality IN ('audio', 'text', 'both')), 
	CONSTRAINT fk_judge_version_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id), 
	CONSTRAINT fk_judge_version_definition_id FOREIGN KEY(definition_id) REFERENCES judge_definition (id), 
	CONSTRAINT uq_judge_version_sha256 UNIQUE (sha256)
)
 STRICT
--;
INSERT INTO judge_version (id, provider, model, model_snapshot, prompt_sha256, rubric_version_id, params, modality, created_at) SELECT id, provider, model, model_snapshot, prompt_sha256, rubric_version_id, params, modality, created_at FROM old_judge_version
--;
DROP TABLE old_judge_version
--;
CREATE TRIGGER tr_judge_version_no_update BEFORE UPDATE ON judge_version BEGIN SELECT RAISE(ABORT, 'judge_version is immutable'); END
--;
CREATE TRIGGER tr_judge_version_no_delete BEFORE DELETE ON judge_version BEGIN SELECT RAISE(ABORT, 'judge_version is immutable'); END
--;
CREATE TEMP TABLE old_item AS SELECT id, call_id, kind, layer_id, layer_version, profile_id, turn_index, speaker, "start", "end", created_at FROM item
--;
DROP TABLE item
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
	other_item_id TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_item PRIMARY KEY (id), 
	CONSTRAINT ck_item_kind CHECK (kind IN ('call', 'turn', 'pair', 'clip', 'check')), 
	CONSTRAINT ck_item_span CHECK ("start" <= "end"), 
	CONSTRAINT fk_item_call_id FOREIGN KEY(call_id) REFERENCES call (id), 
	CONSTRAINT fk_item_layer_id FOREIGN KEY(layer_id) REFERENCES layer (id), 
	CONSTRAINT fk_item_other_item_id FOREIGN KEY(other_item_id) REFERENCES item (id)
)
 STRICT
--;
CREATE INDEX ix_item_call_id_kind_start_end ON item (call_id, kind, start, "end")
--;
INSERT INTO item (id, call_id, kind, layer_id, layer_version, profile_id, turn_index, speaker, "start", "end", created_at) SELECT id, call_id, kind, layer_id, layer_version, profile_id, turn_index, speaker, "start", "end", created_at FROM old_item
--;
DROP TABLE old_item
--;
CREATE TRIGGER tr_item_no_update BEFORE UPDATE ON item BEGIN SELECT RAISE(ABORT, 'item is immutable'); END
--;
CREATE TRIGGER tr_item_no_delete BEFORE DELETE ON item BEGIN SELECT RAISE(ABORT, 'item is immutable'); END
--;
CREATE UNIQUE INDEX ux_item_pin ON item (call_id, kind, coalesce(layer_id, ''), coalesce(layer_version, -1), coalesce(profile_id, ''), coalesce(speaker, ''), "start", "end", coalesce(other_item_id, ''))
--;
CREATE TABLE judge_reply (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	run_id TEXT, 
	call_id TEXT NOT NULL, 
	item_id TEXT NOT NULL, 
	judge_version_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	failure TEXT, 
	reason TEXT DEFAULT '' NOT NULL, 
	criteria TEXT NOT NULL, 
	endpoint TEXT NOT NULL, 
	model_reported TEXT DEFAULT '' NOT NULL, 
	rung TEXT NOT NULL, 
	packed BLOB NOT NULL, 
	prompt_tokens INTEGER, 
	completion_tokens INTEGER, 
	cached_tokens INTEGER, 
	audio_tokens INTEGER, 
	reasoning_tokens INTEGER, 
	cost_micro INTEGER, 
	currency TEXT DEFAULT '' NOT NULL, 
	latency_ms INTEGER NOT NULL, 
	http_attempts INTEGER NOT NULL, 
	request_id TEXT DEFAULT '' NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_judge_reply PRIMARY KEY (seq), 
	CONSTRAINT uq_judge_reply_key_attempt UNIQUE ("key", attempt), 
	CONSTRAINT ck_judge_reply_status CHECK (status IN ('ok', 'unscored', 'failed')), 
	CONSTRAINT ck_judge_reply_rung CHECK (rung IN ('schema', 'json', 'text')), 
	CONSTRAINT ck_judge_reply_failure CHECK ((status = 'ok') = (failure IS NULL)), 
	CONSTRAINT uq_judge_reply_id UNIQUE (id), 
	CONSTRAINT fk_judge_reply_run_id FOREIGN KEY(run_id) REFERENCES run (id), 
	CONSTRAINT fk_judge_reply_call_id FOREIGN KEY(call_id) REFERENCES call (id), 
	CONSTRAINT fk_judge_reply_item_id FOREIGN KEY(item_id) REFERENCES item (id), 
	CONSTRAINT fk_judge_reply_judge_version_id FOREIGN KEY(judge_version_id) REFERENCES judge_version (id)
)
 STRICT
--;
CREATE INDEX ix_judge_reply_call_id_judge_version_id ON judge_reply (call_id, judge_version_id)
--;
CREATE INDEX ix_judge_reply_run_id_seq ON judge_reply (run_id, seq)
--;
CREATE TABLE score_reply (
	score_id TEXT NOT NULL, 
	reply_id TEXT NOT NULL, 
	CONSTRAINT pk_score_reply PRIMARY KEY (score_id, reply_id), 
	CONSTRAINT fk_score_reply_score_id FOREIGN KEY(score_id) REFERENCES score (id), 
	CONSTRAINT fk_score_reply_reply_id FOREIGN KEY(reply_id) REFERENCES judge_reply (id)
)
 STRICT
--;
CREATE INDEX ix_score_reply_reply_id ON score_reply (reply_id)
--;
CREATE TABLE run_ask (
	run_id TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	evaluator TEXT NOT NULL, 
	asks INTEGER NOT NULL, 
	settled INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_run_ask PRIMARY KEY (run_id, call_id, evaluator), 
	CONSTRAINT fk_run_ask_run_id FOREIGN KEY(run_id) REFERENCES run (id), 
	CONSTRAINT fk_run_ask_call_id FOREIGN KEY(call_id) REFERENCES call (id)
)
 STRICT
--;
CREATE TABLE flow_version (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	sop TEXT NOT NULL, 
	nodes TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	parent_id TEXT, 
	report TEXT DEFAULT '{}' NOT NULL, 
	created_by TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_flow_version PRIMARY KEY (seq), 
	CONSTRAINT uq_flow_version_key_version UNIQUE ("key", version), 
	CONSTRAINT uq_flow_version_id UNIQUE (id), 
	CONSTRAINT fk_flow_version_parent_id FOREIGN KEY(parent_id) REFERENCES flow_version (id), 
	CONSTRAINT fk_flow_version_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE TABLE flow_approval (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	flow_version_id TEXT NOT NULL, 
	proposed_id TEXT NOT NULL, 
	rater_id TEXT NOT NULL, 
	nodes_kept INTEGER NOT NULL, 
	nodes_proposed INTEGER NOT NULL, 
	edges_kept INTEGER NOT NULL, 
	edges_proposed INTEGER NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_flow_approval PRIMARY KEY (seq), 
	CONSTRAINT uq_flow_approval_id UNIQUE (id), 
	CONSTRAINT fk_flow_approval_flow_version_id FOREIGN KEY(flow_version_id) REFERENCES flow_version (id), 
	CONSTRAINT fk_flow_approval_proposed_id FOREIGN KEY(proposed_id) REFERENCES flow_version (id), 
	CONSTRAINT fk_flow_approval_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_flow_approval_flow_version_id ON flow_approval (flow_version_id)
--;
CREATE TRIGGER tr_judge_definition_no_update BEFORE UPDATE ON judge_definition BEGIN SELECT RAISE(ABORT, 'judge_definition is immutable'); END
--;
CREATE TRIGGER tr_judge_definition_no_delete BEFORE DELETE ON judge_definition BEGIN SELECT RAISE(ABORT, 'judge_definition is immutable'); END
--;
CREATE TRIGGER tr_flow_version_no_update BEFORE UPDATE ON flow_version BEGIN SELECT RAISE(ABORT, 'flow_version is immutable'); END
--;
CREATE TRIGGER tr_flow_version_no_delete BEFORE DELETE ON flow_version BEGIN SELECT RAISE(ABORT, 'flow_version is immutable'); END
--;
CREATE TRIGGER tr_judge_reply_no_update BEFORE UPDATE ON judge_reply BEGIN SELECT RAISE(ABORT, 'judge_reply is append-only'); END
--;
CREATE TRIGGER tr_judge_reply_no_delete BEFORE DELETE ON judge_reply BEGIN SELECT RAISE(ABORT, 'judge_reply is append-only'); END
--;
CREATE TRIGGER tr_score_reply_no_update BEFORE UPDATE ON score_reply BEGIN SELECT RAISE(ABORT, 'score_reply is append-only'); END
--;
CREATE TRIGGER tr_score_reply_no_delete BEFORE DELETE ON score_reply BEGIN SELECT RAISE(ABORT, 'score_reply is append-only'); END
--;
CREATE TRIGGER tr_flow_approval_no_update BEFORE UPDATE ON flow_approval BEGIN SELECT RAISE(ABORT, 'flow_approval is append-only'); END
--;
CREATE TRIGGER tr_flow_approval_no_delete BEFORE DELETE ON flow_approval BEGIN SELECT RAISE(ABORT, 'flow_approval is append-only'); END
