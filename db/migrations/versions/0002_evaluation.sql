CREATE TABLE call_metric (
	"key" TEXT NOT NULL,
	seq INTEGER NOT NULL,
	value REAL NOT NULL,
	CONSTRAINT pk_call_metric PRIMARY KEY ("key", seq)
)
 STRICT
--;
CREATE INDEX ix_call_metric_key_value_seq ON call_metric ("key", value, seq)
--;
CREATE TABLE call_document (
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	name TEXT NOT NULL,
	media_type TEXT DEFAULT '' NOT NULL,
	sha256 TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	packed BLOB NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_call_document PRIMARY KEY (id),
	CONSTRAINT uq_call_document_call_id_name UNIQUE (call_id, name),
	CONSTRAINT fk_call_document_call_id FOREIGN KEY(call_id) REFERENCES call (id)
)
 STRICT
--;
CREATE TABLE run (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	"query" TEXT DEFAULT '' NOT NULL,
	specs TEXT NOT NULL,
	where_run TEXT NOT NULL,
	workers INTEGER NOT NULL,
	retry_failed INTEGER DEFAULT 0 NOT NULL,
	created_by TEXT,
	created_at TEXT NOT NULL,
	state TEXT NOT NULL,
	started_at TEXT,
	finished_at TEXT,
	active_ms INTEGER DEFAULT 0 NOT NULL,
	steps INTEGER DEFAULT 0 NOT NULL,
	done INTEGER DEFAULT 0 NOT NULL,
	failed INTEGER DEFAULT 0 NOT NULL,
	reused INTEGER DEFAULT 0 NOT NULL,
	skipped INTEGER DEFAULT 0 NOT NULL,
	owner TEXT DEFAULT '' NOT NULL,
	beat_at TEXT,
	wish TEXT DEFAULT '' NOT NULL,
	note TEXT DEFAULT '' NOT NULL,
	CONSTRAINT pk_run PRIMARY KEY (seq),
	CONSTRAINT ck_run_state CHECK (state IN ('queued', 'running', 'paused', 'done', 'cancelled', 'failed')),
	CONSTRAINT ck_run_wish CHECK (wish IN ('', 'pause', 'cancel')),
	CONSTRAINT ck_run_retry_failed CHECK (retry_failed IN (0, 1)),
	CONSTRAINT uq_run_id UNIQUE (id),
	CONSTRAINT fk_run_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_run_state ON run (state)
--;
CREATE TABLE run_call (
	run_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	call_id TEXT NOT NULL,
	settled INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT pk_run_call PRIMARY KEY (run_id, position),
	CONSTRAINT fk_run_call_run_id FOREIGN KEY(run_id) REFERENCES run (id),
	CONSTRAINT fk_run_call_call_id FOREIGN KEY(call_id) REFERENCES call (id)
)
 STRICT
--;
CREATE INDEX ix_run_call_call_id ON run_call (call_id)
--;
CREATE TABLE run_step (
	run_id TEXT NOT NULL,
	evaluator TEXT NOT NULL,
	done INTEGER DEFAULT 0 NOT NULL,
	failed INTEGER DEFAULT 0 NOT NULL,
	reused INTEGER DEFAULT 0 NOT NULL,
	skipped INTEGER DEFAULT 0 NOT NULL,
	work_ms INTEGER DEFAULT 0 NOT NULL,
	CONSTRAINT pk_run_step PRIMARY KEY (run_id, evaluator),
	CONSTRAINT fk_run_step_run_id FOREIGN KEY(run_id) REFERENCES run (id)
)
 STRICT
--;
CREATE TABLE result (
	seq INTEGER NOT NULL,
	id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	run_id TEXT,
	evaluator TEXT NOT NULL,
	version TEXT NOT NULL,
	args TEXT NOT NULL,
	"key" TEXT NOT NULL,
	inputs TEXT NOT NULL,
	attempt INTEGER NOT NULL,
	status TEXT NOT NULL,
	failure TEXT,
	reason TEXT DEFAULT '' NOT NULL,
	detail TEXT DEFAULT '{}' NOT NULL,
	duration_ms INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	CONSTRAINT pk_result PRIMARY KEY (seq),
	CONSTRAINT uq_result_call_id_key_attempt UNIQUE (call_id, "key", attempt),
	CONSTRAINT ck_result_status CHECK (status IN ('ok', 'failed')),
	CONSTRAINT ck_result_failure CHECK ((status = 'failed') = (failure IS NOT NULL)),
	CONSTRAINT uq_result_id UNIQUE (id),
	CONSTRAINT fk_result_call_id FOREIGN KEY(call_id) REFERENCES call (id),
	CONSTRAINT fk_result_run_id FOREIGN KEY(run_id) REFERENCES run (id)
)
 STRICT
--;
CREATE INDEX ix_result_run_id_seq ON result (run_id, seq)
--;
CREATE INDEX ix_result_call_id_evaluator_seq ON result (call_id, evaluator, seq)
--;
CREATE TABLE metric_value (
	seq INTEGER NOT NULL,
	result_id TEXT NOT NULL,
	call_id TEXT NOT NULL,
	metric_id TEXT NOT NULL,
	speaker TEXT,
	turn_id TEXT,
	status TEXT NOT NULL,
	value REAL,
	reason TEXT DEFAULT '' NOT NULL,
	n INTEGER,
	unit TEXT DEFAULT '' NOT NULL,
	profile TEXT DEFAULT '' NOT NULL,
	components TEXT DEFAULT '{}' NOT NULL,
	evidence TEXT DEFAULT '[]' NOT NULL,
	CONSTRAINT pk_metric_value PRIMARY KEY (seq),
	CONSTRAINT ck_metric_value_status CHECK (status IN ('ok', 'undefined', 'unavailable', 'needs_answer')),
	CONSTRAINT ck_metric_value_value CHECK ((status = 'ok') = (value IS NOT NULL)),
	CONSTRAINT fk_metric_value_result_id FOREIGN KEY(result_id) REFERENCES result (id),
	CONSTRAINT fk_metric_value_call_id FOREIGN KEY(call_id) REFERENCES call (id)
)
 STRICT
--;
CREATE INDEX ix_metric_value_result_id ON metric_value (result_id)
--;
CREATE INDEX ix_metric_value_metric_id_call_id ON metric_value (metric_id, call_id)
--;
CREATE INDEX ix_metric_value_call_id_metric_id ON metric_value (call_id, metric_id)
--;
CREATE TRIGGER tr_call_document_no_update BEFORE UPDATE ON call_document BEGIN SELECT RAISE(ABORT, 'call_document is immutable'); END
--;
CREATE TRIGGER tr_call_document_no_delete BEFORE DELETE ON call_document BEGIN SELECT RAISE(ABORT, 'call_document is immutable'); END
--;
CREATE TRIGGER tr_result_no_update BEFORE UPDATE ON result BEGIN SELECT RAISE(ABORT, 'result is append-only'); END
--;
CREATE TRIGGER tr_result_no_delete BEFORE DELETE ON result BEGIN SELECT RAISE(ABORT, 'result is append-only'); END
--;
CREATE TRIGGER tr_metric_value_no_update BEFORE UPDATE ON metric_value BEGIN SELECT RAISE(ABORT, 'metric_value is append-only'); END
--;
CREATE TRIGGER tr_metric_value_no_delete BEFORE DELETE ON metric_value BEGIN SELECT RAISE(ABORT, 'metric_value is append-only'); END
