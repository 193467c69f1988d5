CREATE TABLE disagreement_cause (
	seq INTEGER NOT NULL, 
	item_id TEXT NOT NULL, 
	criterion_id TEXT NOT NULL, 
	judge_version_id TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	rater_id TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_disagreement_cause PRIMARY KEY (seq), 
	CONSTRAINT fk_disagreement_cause_item_id FOREIGN KEY(item_id) REFERENCES item (id), 
	CONSTRAINT fk_disagreement_cause_criterion_id FOREIGN KEY(criterion_id) REFERENCES criterion (id), 
	CONSTRAINT fk_disagreement_cause_judge_version_id FOREIGN KEY(judge_version_id) REFERENCES judge_version (id), 
	CONSTRAINT fk_disagreement_cause_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_disagreement_cause_criterion_id_judge_version_id ON disagreement_cause (criterion_id, judge_version_id)
--;
CREATE TABLE drift_check (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	rubric_version_id TEXT NOT NULL, 
	criterion_id TEXT NOT NULL, 
	judge_version_id TEXT NOT NULL, 
	before_version_id TEXT, 
	run_id TEXT, 
	kind TEXT NOT NULL, 
	drifted INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	created_by TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_drift_check PRIMARY KEY (seq), 
	CONSTRAINT ck_drift_check_kind CHECK (kind IN ('anchors', 'audit', 'human')), 
	CONSTRAINT ck_drift_check_drifted CHECK (drifted IN (0, 1)), 
	CONSTRAINT uq_drift_check_id UNIQUE (id), 
	CONSTRAINT fk_drift_check_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id), 
	CONSTRAINT fk_drift_check_criterion_id FOREIGN KEY(criterion_id) REFERENCES criterion (id), 
	CONSTRAINT fk_drift_check_judge_version_id FOREIGN KEY(judge_version_id) REFERENCES judge_version (id), 
	CONSTRAINT fk_drift_check_before_version_id FOREIGN KEY(before_version_id) REFERENCES judge_version (id), 
	CONSTRAINT fk_drift_check_run_id FOREIGN KEY(run_id) REFERENCES run (id), 
	CONSTRAINT fk_drift_check_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_drift_check_judge_version_id_criterion_id_seq ON drift_check (judge_version_id, criterion_id, seq)
--;
CREATE TABLE calibration (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	rubric_version_id TEXT NOT NULL, 
	criterion_id TEXT NOT NULL, 
	judge_version_id TEXT NOT NULL, 
	snapshot_sha256 TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created_by TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_calibration PRIMARY KEY (seq), 
	CONSTRAINT uq_calibration_id UNIQUE (id), 
	CONSTRAINT fk_calibration_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id), 
	CONSTRAINT fk_calibration_criterion_id FOREIGN KEY(criterion_id) REFERENCES criterion (id), 
	CONSTRAINT fk_calibration_judge_version_id FOREIGN KEY(judge_version_id) REFERENCES judge_version (id), 
	CONSTRAINT fk_calibration_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_calibration_judge_version_id_criterion_id_seq ON calibration (judge_version_id, criterion_id, seq)
--;
CREATE TABLE verdict (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	rubric_version_id TEXT NOT NULL, 
	criterion_id TEXT NOT NULL, 
	judge_version_id TEXT NOT NULL, 
	calibration_id TEXT, 
	slice TEXT DEFAULT '{}' NOT NULL, 
	state INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	body TEXT NOT NULL, 
	snapshot_at TEXT NOT NULL, 
	valid_until TEXT, 
	waived_by TEXT, 
	reason TEXT DEFAULT '' NOT NULL, 
	created_by TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_verdict PRIMARY KEY (seq), 
	CONSTRAINT ck_verdict_state CHECK (state BETWEEN 0 AND 5), 
	CONSTRAINT ck_verdict_waived_by CHECK (waived_by IS NULL OR reason <> ''), 
	CONSTRAINT uq_verdict_id UNIQUE (id), 
	CONSTRAINT fk_verdict_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id), 
	CONSTRAINT fk_verdict_criterion_id FOREIGN KEY(criterion_id) REFERENCES criterion (id), 
	CONSTRAINT fk_verdict_judge_version_id FOREIGN KEY(judge_version_id) REFERENCES judge_version (id), 
	CONSTRAINT fk_verdict_calibration_id FOREIGN KEY(calibration_id) REFERENCES calibration (id), 
	CONSTRAINT fk_verdict_waived_by FOREIGN KEY(waived_by) REFERENCES rater (id), 
	CONSTRAINT fk_verdict_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_verdict_judge_version_id_criterion_id_seq ON verdict (judge_version_id, criterion_id, seq)
--;
CREATE TABLE redaction (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	channels TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	takes_back TEXT, 
	rater_id TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_redaction PRIMARY KEY (seq), 
	CONSTRAINT ck_redaction_channels CHECK (channels IN ('caller', 'agent', 'both')), 
	CONSTRAINT ck_redaction_span CHECK ("start" < "end"), 
	CONSTRAINT uq_redaction_id UNIQUE (id), 
	CONSTRAINT fk_redaction_call_id FOREIGN KEY(call_id) REFERENCES call (id), 
	CONSTRAINT fk_redaction_takes_back FOREIGN KEY(takes_back) REFERENCES redaction (id), 
	CONSTRAINT fk_redaction_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_redaction_call_id_seq ON redaction (call_id, seq)
--;
CREATE TRIGGER tr_disagreement_cause_no_update BEFORE UPDATE ON disagreement_cause BEGIN SELECT RAISE(ABORT, 'disagreement_cause is append-only'); END
--;
CREATE TRIGGER tr_disagreement_cause_no_delete BEFORE DELETE ON disagreement_cause BEGIN SELECT RAISE(ABORT, 'disagreement_cause is append-only'); END
--;
CREATE TRIGGER tr_drift_check_no_update BEFORE UPDATE ON drift_check BEGIN SELECT RAISE(ABORT, 'drift_check is append-only'); END
--;
CREATE TRIGGER tr_drift_check_no_delete BEFORE DELETE ON drift_check BEGIN SELECT RAISE(ABORT, 'drift_check is append-only'); END
--;
CREATE TRIGGER tr_calibration_no_update BEFORE UPDATE ON calibration BEGIN SELECT RAISE(ABORT, 'calibration is append-only'); END
--;
CREATE TRIGGER tr_calibration_no_delete BEFORE DELETE ON calibration BEGIN SELECT RAISE(ABORT, 'calibration is append-only'); END
--;
CREATE TRIGGER tr_verdict_no_update BEFORE UPDATE ON verdict BEGIN SELECT RAISE(ABORT, 'verdict is append-only'); END
--;
CREATE TRIGGER tr_verdict_no_delete BEFORE DELETE ON verdict BEGIN SELECT RAISE(ABORT, 'verdict is append-only'); END
--;
CREATE TRIGGER tr_redaction_no_update BEFORE UPDATE ON redaction BEGIN SELECT RAISE(ABORT, 'redaction is append-only'); END
--;
CREATE TRIGGER tr_redaction_no_delete BEFORE DELETE ON redaction BEGIN SELECT RAISE(ABORT, 'redaction is append-only'); END
