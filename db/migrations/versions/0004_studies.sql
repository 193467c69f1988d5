CREATE TABLE study (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	instrument TEXT NOT NULL, 
	rubric_version_id TEXT NOT NULL, 
	design TEXT NOT NULL, 
	seed INTEGER NOT NULL, 
	"query" TEXT DEFAULT '' NOT NULL, 
	due TEXT, 
	created_by TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_study PRIMARY KEY (seq), 
	CONSTRAINT ck_study_instrument CHECK (instrument IN ('acr', 'dcr', 'ccr', 'pairwise', 'humanlike', 'ai_detect', 'rubric')), 
	CONSTRAINT uq_study_id UNIQUE (id), 
	CONSTRAINT fk_study_rubric_version_id FOREIGN KEY(rubric_version_id) REFERENCES rubric_version (id), 
	CONSTRAINT fk_study_created_by FOREIGN KEY(created_by) REFERENCES rater (id)
)
 STRICT
--;
CREATE TABLE study_state (
	seq INTEGER NOT NULL, 
	study_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	snapshot_sha256 TEXT DEFAULT '' NOT NULL, 
	rater_id TEXT, 
	note TEXT DEFAULT '' NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_study_state PRIMARY KEY (seq), 
	CONSTRAINT ck_study_state_state CHECK (state IN ('draft', 'open', 'paused', 'closed')), 
	CONSTRAINT fk_study_state_study_id FOREIGN KEY(study_id) REFERENCES study (id), 
	CONSTRAINT fk_study_state_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_study_state_study_id_seq ON study_state (study_id, seq)
--;
CREATE TABLE stimulus (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	study_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	item_id TEXT NOT NULL, 
	call_id TEXT NOT NULL, 
	condition TEXT NOT NULL, 
	other_condition TEXT DEFAULT '' NOT NULL, 
	talker TEXT DEFAULT '' NOT NULL, 
	sha256 TEXT DEFAULT '' NOT NULL, 
	other_sha256 TEXT DEFAULT '' NOT NULL, 
	length_ms INTEGER DEFAULT 0 NOT NULL, 
	other_length_ms INTEGER DEFAULT 0 NOT NULL, 
	gain_db REAL NOT NULL, 
	other_gain_db REAL NOT NULL, 
	level_dbov REAL, 
	bandwidth TEXT DEFAULT '' NOT NULL, 
	expected REAL, 
	reason TEXT DEFAULT '' NOT NULL, 
	inclusion_prob REAL NOT NULL, 
	CONSTRAINT pk_stimulus PRIMARY KEY (seq), 
	CONSTRAINT uq_stimulus_study_id_number UNIQUE (study_id, number), 
	CONSTRAINT ck_stimulus_role CHECK (role IN ('rate', 'training', 'gold', 'trap', 'null', 'obvious')), 
	CONSTRAINT ck_stimulus_inclusion_prob CHECK (inclusion_prob > 0 AND inclusion_prob <= 1), 
	CONSTRAINT uq_stimulus_id UNIQUE (id), 
	CONSTRAINT fk_stimulus_study_id FOREIGN KEY(study_id) REFERENCES study (id), 
	CONSTRAINT fk_stimulus_item_id FOREIGN KEY(item_id) REFERENCES item (id), 
	CONSTRAINT fk_stimulus_call_id FOREIGN KEY(call_id) REFERENCES call (id)
)
 STRICT
--;
CREATE TABLE trial (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	study_id TEXT NOT NULL, 
	rater_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	block INTEGER NOT NULL, 
	stimulus_id TEXT NOT NULL, 
	swapped INTEGER DEFAULT 0 NOT NULL, 
	repeat_of TEXT, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_trial PRIMARY KEY (seq), 
	CONSTRAINT uq_trial_study_id_rater_id_position UNIQUE (study_id, rater_id, position), 
	CONSTRAINT ck_trial_swapped CHECK (swapped IN (0, 1)), 
	CONSTRAINT uq_trial_id UNIQUE (id), 
	CONSTRAINT fk_trial_study_id FOREIGN KEY(study_id) REFERENCES study (id), 
	CONSTRAINT fk_trial_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id), 
	CONSTRAINT fk_trial_stimulus_id FOREIGN KEY(stimulus_id) REFERENCES stimulus (id), 
	CONSTRAINT fk_trial_repeat_of FOREIGN KEY(repeat_of) REFERENCES trial (id)
)
 STRICT
--;
CREATE INDEX ix_trial_stimulus_id ON trial (stimulus_id)
--;
CREATE TABLE trial_lease (
	trial_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	beat_at TEXT NOT NULL, 
	CONSTRAINT pk_trial_lease PRIMARY KEY (trial_id), 
	CONSTRAINT fk_trial_lease_trial_id FOREIGN KEY(trial_id) REFERENCES trial (id)
)
 STRICT
--;
CREATE TABLE study_session (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	study_id TEXT NOT NULL, 
	rater_id TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_study_session PRIMARY KEY (seq), 
	CONSTRAINT uq_study_session_id UNIQUE (id), 
	CONSTRAINT fk_study_session_study_id FOREIGN KEY(study_id) REFERENCES study (id), 
	CONSTRAINT fk_study_session_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_study_session_study_id_rater_id ON study_session (study_id, rater_id)
--;
CREATE TABLE session_event (
	seq INTEGER NOT NULL, 
	session_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT DEFAULT '{}' NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_session_event PRIMARY KEY (seq), 
	CONSTRAINT fk_session_event_session_id FOREIGN KEY(session_id) REFERENCES study_session (id)
)
 STRICT
--;
CREATE INDEX ix_session_event_session_id_seq ON session_event (session_id, seq)
--;
CREATE TABLE vote (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	trial_id TEXT NOT NULL, 
	session_id TEXT NOT NULL, 
	value REAL, 
	raw_value REAL, 
	valid INTEGER NOT NULL, 
	void_reason TEXT DEFAULT '' NOT NULL, 
	score_id TEXT, 
	heard TEXT NOT NULL, 
	rt_ms INTEGER DEFAULT 0 NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	voted_at TEXT NOT NULL, 
	valid_trial TEXT, 
	CONSTRAINT pk_vote PRIMARY KEY (seq), 
	CONSTRAINT ck_vote_valid CHECK (valid IN (0, 1)), 
	CONSTRAINT ck_vote_void_reason CHECK ((valid = 1) = (void_reason = '')), 
	CONSTRAINT ck_vote_valid_trial CHECK ((valid = 1) = (valid_trial IS NOT NULL)), 
	CONSTRAINT uq_vote_id UNIQUE (id), 
	CONSTRAINT fk_vote_trial_id FOREIGN KEY(trial_id) REFERENCES trial (id), 
	CONSTRAINT fk_vote_session_id FOREIGN KEY(session_id) REFERENCES study_session (id), 
	CONSTRAINT fk_vote_score_id FOREIGN KEY(score_id) REFERENCES score (id), 
	CONSTRAINT uq_vote_valid_trial UNIQUE (valid_trial), 
	CONSTRAINT fk_vote_valid_trial FOREIGN KEY(valid_trial) REFERENCES trial (id)
)
 STRICT
--;
CREATE INDEX ix_vote_trial_id ON vote (trial_id)
--;
CREATE TABLE block_void (
	seq INTEGER NOT NULL, 
	study_id TEXT NOT NULL, 
	rater_id TEXT NOT NULL, 
	block INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_block_void PRIMARY KEY (seq), 
	CONSTRAINT fk_block_void_study_id FOREIGN KEY(study_id) REFERENCES study (id), 
	CONSTRAINT fk_block_void_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_block_void_study_id_rater_id ON block_void (study_id, rater_id)
--;
CREATE TABLE declaration (
	seq INTEGER NOT NULL, 
	rater_id TEXT NOT NULL, 
	class TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_declaration PRIMARY KEY (seq), 
	CONSTRAINT ck_declaration_class CHECK (class IN ('naive', 'expert')), 
	CONSTRAINT fk_declaration_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_declaration_rater_id_seq ON declaration (rater_id, seq)
--;
CREATE TABLE score_opinion (
	seq INTEGER NOT NULL, 
	score_id TEXT NOT NULL, 
	rater_id TEXT NOT NULL, 
	agrees INTEGER NOT NULL, 
	reason_code TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	created_at TEXT NOT NULL, 
	CONSTRAINT pk_score_opinion PRIMARY KEY (seq), 
	CONSTRAINT ck_score_opinion_agrees CHECK (agrees IN (0, 1)), 
	CONSTRAINT fk_score_opinion_score_id FOREIGN KEY(score_id) REFERENCES score (id), 
	CONSTRAINT fk_score_opinion_rater_id FOREIGN KEY(rater_id) REFERENCES rater (id)
)
 STRICT
--;
CREATE INDEX ix_score_opinion_score_id ON score_opinion (score_id)
--;
CREATE TRIGGER tr_study_no_update BEFORE UPDATE ON study BEGIN SELECT RAISE(ABORT, 'study is immutable'); END
--;
CREATE TRIGGER tr_study_no_delete BEFORE DELETE ON study BEGIN SELECT RAISE(ABORT, 'study is immutable'); END
--;
CREATE TRIGGER tr_stimulus_no_update BEFORE UPDATE ON stimulus BEGIN SELECT RAISE(ABORT, 'stimulus is immutable'); END
--;
CREATE TRIGGER tr_stimulus_no_delete BEFORE DELETE ON stimulus BEGIN SELECT RAISE(ABORT, 'stimulus is immutable'); END
--;
CREATE TRIGGER tr_trial_no_update BEFORE UPDATE ON trial BEGIN SELECT RAISE(ABORT, 'trial is immutable'); END
--;
CREATE TRIGGER tr_trial_no_delete BEFORE DELETE ON trial BEGIN SELECT RAISE(ABORT, 'trial is immutable'); END
--;
CREATE TRIGGER tr_study_state_no_update BEFORE UPDATE ON study_state BEGIN SELECT RAISE(ABORT, 'study_state is append-only'); END
--;
CREATE TRIGGER tr_study_state_no_delete BEFORE DELETE ON study_state BEGIN SELECT RAISE(ABORT, 'study_state is append-only'); END
--;
CREATE TRIGGER tr_study_session_no_update BEFORE UPDATE ON study_session BEGIN SELECT RAISE(ABORT, 'study_session is append-only'); END
--;
CREATE TRIGGER tr_study_session_no_delete BEFORE DELETE ON study_session BEGIN SELECT RAISE(ABORT, 'study_session is append-only'); END
--;
CREATE TRIGGER tr_session_event_no_update BEFORE UPDATE ON session_event BEGIN SELECT RAISE(ABORT, 'session_event is append-only'); END
--;
CREATE TRIGGER tr_session_event_no_delete BEFORE DELETE ON session_event BEGIN SELECT RAISE(ABORT, 'session_event is append-only'); END
--;
CREATE TRIGGER tr_vote_no_update BEFORE UPDATE ON vote BEGIN SELECT RAISE(ABORT, 'vote is append-only'); END
--;
CREATE TRIGGER tr_vote_no_delete BEFORE DELETE ON vote BEGIN SELECT RAISE(ABORT, 'vote is append-only'); END
--;
CREATE TRIGGER tr_block_void_no_update BEFORE UPDATE ON block_void BEGIN SELECT RAISE(ABORT, 'block_void is append-only'); END
--;
CREATE TRIGGER tr_block_void_no_delete BEFORE DELETE ON block_void BEGIN SELECT RAISE(ABORT, 'block_void is append-only'); END
--;
CREATE TRIGGER tr_declaration_no_update BEFORE UPDATE ON declaration BEGIN SELECT RAISE(ABORT, 'declaration is append-only'); END
--;
CREATE TRIGGER tr_declaration_no_delete BEFORE DELETE ON declaration BEGIN SELECT RAISE(ABORT, 'declaration is append-only'); END
--;
CREATE TRIGGER tr_score_opinion_no_update BEFORE UPDATE ON score_opinion BEGIN SELECT RAISE(ABORT, 'score_opinion is append-only'); END
--;
CREATE TRIGGER tr_score_opinion_no_delete BEFORE DELETE ON score_opinion BEGIN SELECT RAISE(ABORT, 'score_opinion is append-only'); END
