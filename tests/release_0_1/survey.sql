BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE assignment (
	id VARCHAR NOT NULL, 
	round_id INTEGER NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	locality_id INTEGER NOT NULL, 
	visit_id VARCHAR, 
	person_id INTEGER, 
	quantity INTEGER NOT NULL, 
	due_on VARCHAR NOT NULL, 
	CONSTRAINT pk_assignment PRIMARY KEY (id), 
	CONSTRAINT ck_assignment_quantity_positive CHECK (quantity > 0), 
	CONSTRAINT fk_assignment_locality_id FOREIGN KEY(locality_id) REFERENCES locality (id), 
	CONSTRAINT fk_assignment_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_assignment_questionnaire_version FOREIGN KEY(questionnaire, version) REFERENCES questionnaire (id, version), 
	CONSTRAINT fk_assignment_round_id FOREIGN KEY(round_id) REFERENCES survey_round (id), 
	CONSTRAINT fk_assignment_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
);
INSERT INTO "assignment" VALUES('3f18e9be-240c-54c5-860e-9b9d1a038314',1,'first_steps','1',4,NULL,1,20,'2012-06-30');
INSERT INTO "assignment" VALUES('be239220-3f6c-54eb-9cb7-5ef3844a1e38',1,'first_steps','1',8,NULL,2,20,'2012-06-30');
INSERT INTO "assignment" VALUES('2d902517-da04-5589-9554-e1f4e75250f5',1,'opinions','1',4,NULL,1,1,'2012-06-30');
INSERT INTO "assignment" VALUES('e4161d8c-610f-5c41-bec4-da613a1de27b',1,'opinions','1',5,NULL,1,1,'2012-06-30');
CREATE TABLE attachment (
	sha256 VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	person_id INTEGER, 
	received_at VARCHAR NOT NULL, 
	CONSTRAINT pk_attachment PRIMARY KEY (sha256), 
	CONSTRAINT fk_attachment_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	person_id INTEGER, 
	device_id VARCHAR, 
	action VARCHAR NOT NULL, 
	object VARCHAR NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-27T18:17:16.071Z',NULL,NULL,'import_localities','scheme:test','{"units":7}');
INSERT INTO "audit" VALUES(2,'2026-11-27T18:17:16.145Z',NULL,NULL,'publish_questionnaire','questionnaire:first_steps/1','{"sha256":"8f24812c40c923d1f6b0e617fea0697ffd6cad5489a6bc03d4ab4f56e781674f"}');
INSERT INTO "audit" VALUES(3,'2026-11-27T18:17:16.257Z',NULL,NULL,'add_person','person:3','{"account":"lan","role":"central","area":null}');
INSERT INTO "audit" VALUES(4,'2026-11-27T18:17:16.302Z',NULL,NULL,'publish_questionnaire','questionnaire:opinions/1','{"sha256":"b520052136599110621cd7c68aeb483bb09f4df563fcdf6af0c4b49663923b9a"}');
INSERT INTO "audit" VALUES(5,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000100','{"sha256":"561f48fa1e31a66fdf5da8bd38bdf1d98ece25dd5e6b45e67c959189b715171a","state":"submitted"}');
INSERT INTO "audit" VALUES(6,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000101','{"sha256":"fd90377bd09c7a32a7cf1d8a36ec440fcb2f0023fcfd7173a011fac8193847d7","state":"submitted"}');
INSERT INTO "audit" VALUES(7,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000102','{"sha256":"3e214f00bd7f3592db8f43fc26d43998dae79651c784f01ab7d72ed723e23493","state":"submitted"}');
INSERT INTO "audit" VALUES(8,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000103','{"sha256":"09a77c05246211331d506b27707c206aed82a03ce7b5956081c028e79aec3fb5","state":"submitted"}');
INSERT INTO "audit" VALUES(9,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000104','{"sha256":"6a03f46b528f15f3cb5b1eaeff28596b8cf4a6513760579b46ff1e5588f77908","state":"submitted"}');
INSERT INTO "audit" VALUES(10,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000105','{"sha256":"2def8d8ad941e76d29ae8e611bdb433a7720413a677e5fc01a221e5582697d79","state":"submitted"}');
INSERT INTO "audit" VALUES(11,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000106','{"sha256":"e064acca83841e203f977183f0dbacc819235c47af028ca9dc91440a5fbde17a","state":"submitted"}');
INSERT INTO "audit" VALUES(12,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000107','{"sha256":"cb931aecd544b6a2d932323461f373517e6b34ded2f085af0a7f9cd2ea583ffb","state":"submitted"}');
INSERT INTO "audit" VALUES(13,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000108','{"sha256":"8ebecf57e4bdaf740453e30085d4bc707c6cc751a49f8e1794dffe88a75df24f","state":"submitted"}');
INSERT INTO "audit" VALUES(14,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000109','{"sha256":"4a4e5225a6e5d1871ceb5f0fa8f599737bb9f37283f3f503ea8421126c8a7c7f","state":"submitted"}');
INSERT INTO "audit" VALUES(15,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000110','{"sha256":"501db2010754f6e8db18f4df5e0c1fd07b05a62cf48b97e0d6146072eb2d07b5","state":"submitted"}');
INSERT INTO "audit" VALUES(16,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000111','{"sha256":"6fb621b274c5d8f06a39ef1c7ba8cadb770df85bd36ec86f129f1adb33ecc766","state":"submitted"}');
INSERT INTO "audit" VALUES(17,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000112','{"sha256":"eb66073930697d9b6f308dad81a3dcf39552e8fc84461125435c88c1eb33f7ed","state":"submitted"}');
INSERT INTO "audit" VALUES(18,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000113','{"sha256":"6fe7d7e5715d763f9cac069e4e6d317a16452a898c6eb940912d33441b0cd0b7","state":"submitted"}');
INSERT INTO "audit" VALUES(19,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000114','{"sha256":"9f596e1a50a15b105ce3411885b7d644b8d9ce1101c1a2aedf49bb21caca64b7","state":"submitted"}');
INSERT INTO "audit" VALUES(20,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000115','{"sha256":"bc78d389a976e11345c8d17fd53f014bf46c6a16d84e21c14fdd47a6a5721106","state":"submitted"}');
INSERT INTO "audit" VALUES(21,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000116','{"sha256":"0787624e390ae5ca46a74c86fe4374d631ddc9da8c82436bf184c26a1248020c","state":"submitted"}');
INSERT INTO "audit" VALUES(22,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000117','{"sha256":"8533e084977489a823c552ceaee083ddc4683110d97637d3cd70ed3ddc3da61a","state":"submitted"}');
INSERT INTO "audit" VALUES(23,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000118','{"sha256":"d4fbab8e47a890e22832a15f1ae09330c2cf1ed512d42ec967a5909b767e40c2","state":"submitted"}');
INSERT INTO "audit" VALUES(24,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000119','{"sha256":"0f81c5227ebf0e61f11d65e07cb469b4fa13a2a75a7222686cf7915f8c6a7584","state":"submitted"}');
INSERT INTO "audit" VALUES(25,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000120','{"sha256":"79ff8b42fafd51e8a037cd07c3f4e56ccd822c0dbdd5ccb8f4a0d787e8ed7768","state":"submitted"}');
INSERT INTO "audit" VALUES(26,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000121','{"sha256":"6efb14ace92d875fdc09e6a7b668634cd178985dccd40fb1f16d1bed504167c7","state":"submitted"}');
INSERT INTO "audit" VALUES(27,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000122','{"sha256":"6f74868a5d9fa732058e92b9a34d755531d71ece782c222f0ae576394dcb7670","state":"submitted"}');
INSERT INTO "audit" VALUES(28,'2026-11-27T18:17:16.323Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000123','{"sha256":"a70a0bf47678bfdbd11efe71103524201d01313ae354cb198ddfb21738d7673e","state":"submitted"}');
INSERT INTO "audit" VALUES(29,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000200','{"sha256":"69b6ced4479ab21a964ce82507432f38713bfea491d85d55c2c38b7e882091b4","state":"submitted"}');
INSERT INTO "audit" VALUES(30,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000201','{"sha256":"7badaa2b5a9be5d1aab445024d3c17db76c96726446b6b9151577d2c88803fed","state":"submitted"}');
INSERT INTO "audit" VALUES(31,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000202','{"sha256":"847af6482984ba3d48debb395648cf8c1b41f9e2f7fcb59217fd357c6045b553","state":"submitted"}');
INSERT INTO "audit" VALUES(32,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000203','{"sha256":"0cc93b706effde73924efc6f5bd51414314e01623344a533ee8a76460aaf5db9","state":"submitted"}');
INSERT INTO "audit" VALUES(33,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000204','{"sha256":"48628d4ec876ca2068e48109b8837edc0c613c88907e81e8d7a0ad75e5ae75b6","state":"submitted"}');
INSERT INTO "audit" VALUES(34,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000205','{"sha256":"e5da6e6786da7520f8a567d74325b741c2d1de22669c6b5688ed795f64b56d7c","state":"submitted"}');
INSERT INTO "audit" VALUES(35,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000206','{"sha256":"748eb46cf863b109809557b144816b46f1a35afe3d0c555ec99a228749b38f57","state":"submitted"}');
INSERT INTO "audit" VALUES(36,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000207','{"sha256":"6bb239f51ff2906f4865abf2f1323db516321ba600d03d8a97b14c9d00ed6901","state":"submitted"}');
INSERT INTO "audit" VALUES(37,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000208','{"sha256":"4329036b776d69319f60b857b7019b3ac961f9df54aa65ba07fc18761fa88946","state":"submitted"}');
INSERT INTO "audit" VALUES(38,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000209','{"sha256":"e7ec8162bc63a7d24abd98b3f77f5d8ccafb5f99fd19b8186a580fbadb9148ad","state":"submitted"}');
INSERT INTO "audit" VALUES(39,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000210','{"sha256":"515257cb98dc8f5a3cb360af7f7abfeb515bf10ce8c9aedba9dffe17a3c61896","state":"submitted"}');
INSERT INTO "audit" VALUES(40,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000211','{"sha256":"1b0ca673de4dc5f76102c46af49dae512e4955a6850f85100db35fc4cb00c2cf","state":"submitted"}');
INSERT INTO "audit" VALUES(41,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000212','{"sha256":"7cc021fed293b0d43b420c00811083b6170d347cc1fd6e6ab0a937d6295d083b","state":"submitted"}');
INSERT INTO "audit" VALUES(42,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000213','{"sha256":"394c2553b5919a26de1efd3a484d8326c769c49833fb75daca2180237dc7e9a8","state":"submitted"}');
INSERT INTO "audit" VALUES(43,'2026-11-27T18:17:16.453Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000214','{"sha256":"fd08b98573c3a0c7c488f009fa3ba57baf0281ad27af8e439ef1de364187735b","state":"submitted"}');
INSERT INTO "audit" VALUES(44,'2026-11-27T18:17:16.473Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000001','{"sha256":"0a2b35c9c73a957e4d9ffac131f958ea97f00b7be95a92e208200a14a66fd1ee","state":"submitted"}');
INSERT INTO "audit" VALUES(45,'2026-11-27T18:17:16.499Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000002','{"sha256":"fc05b3c30aff0348ed0e412c47e1336ea78a215f5db54ae4f7e478f6da1c1d3d","state":"submitted"}');
INSERT INTO "audit" VALUES(46,'2026-11-27T18:17:16.567Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000003','{"sha256":"ff8114f8c76be943f8e8664de3b50f851410e5088b53ca618f2cbdb0f3e96e55","state":"submitted"}');
INSERT INTO "audit" VALUES(47,'2026-11-27T18:17:16.570Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000004','{"sha256":"3ac468e71f953cc17decdf3455621ee5425934469dbf6ce1c0b4bbb19f70f9d7","state":"submitted"}');
INSERT INTO "audit" VALUES(48,'2026-11-27T18:17:16.577Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000005','{"sha256":"49c336f1ab1bb08142173355a8dae6c5e26b9c62178aaff2b72de20f29292769","state":"submitted"}');
INSERT INTO "audit" VALUES(49,'2026-11-27T18:17:16.616Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000006','{"sha256":"1b119dd0e5fc4c9777b046ce41d3cf425a7224669b84f8b836c039cc54307c55","state":"quarantined"}');
INSERT INTO "audit" VALUES(50,'2026-11-27T18:17:16.662Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000007','{"sha256":"ce9c5ea04da336859aca1bec515c930d8982f7f28385184c05759ac44fddbc72","state":"submitted"}');
INSERT INTO "audit" VALUES(51,'2026-11-27T18:17:16.712Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000008','{"sha256":"8de7d990fd052c7a2826f6c8db3d8cc0d4377f5b5adf55ad98061fca837be16e","state":"submitted"}');
INSERT INTO "audit" VALUES(52,'2026-11-27T18:17:16.714Z',1,NULL,'receive_response','response:00000000-0000-4000-8000-000000000001','{"sha256":"b1ec664f07266349cb42a817fd2160cd62dc0c5d7471e50d20fa979459657ecb","state":"conflict"}');
INSERT INTO "audit" VALUES(53,'2026-11-27T18:17:16.790Z',1,NULL,'change_state','response:00000000-0000-4000-8000-000000000003','{"from":"submitted","to":"returned"}');
INSERT INTO "audit" VALUES(54,'2026-11-27T18:17:16.792Z',1,NULL,'change_state','response:00000000-0000-4000-8000-000000000008','{"from":"submitted","to":"approved"}');
INSERT INTO "audit" VALUES(55,'2026-11-27T18:17:16.793Z',1,NULL,'change_state','response:00000000-0000-4000-8000-000000000100','{"from":"submitted","to":"withdrawn"}');
INSERT INTO "audit" VALUES(56,'2026-11-27T18:17:16.804Z',NULL,NULL,'make_enrolment_code','person:1','{}');
INSERT INTO "audit" VALUES(57,'2026-11-27T18:17:16.810Z',1,'2f378ce7-68bc-41ee-9dc8-6aebbd9e696c','enrol_device','device:2f378ce7-68bc-41ee-9dc8-6aebbd9e696c','{}');
INSERT INTO "audit" VALUES(58,'2026-11-27T18:17:22.069Z',NULL,NULL,'export','round:r1','{"format":"zip","person":null}');
INSERT INTO "audit" VALUES(59,'2026-11-27T18:17:22.977Z',3,NULL,'sign_in','person:3','{"address":"127.0.0.1"}');
CREATE TABLE changed_leaf (
	id INTEGER NOT NULL, 
	round_id INTEGER NOT NULL, 
	locality_id INTEGER NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	stratum VARCHAR NOT NULL, 
	cluster VARCHAR NOT NULL, 
	weights_version INTEGER NOT NULL, 
	CONSTRAINT pk_changed_leaf PRIMARY KEY (id)
);
CREATE TABLE device (
	id VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	token_hash VARCHAR NOT NULL, 
	upload_token_hash VARCHAR NOT NULL, 
	enrolled_at VARCHAR NOT NULL, 
	seen_at VARCHAR, 
	revoked_at VARCHAR, 
	CONSTRAINT pk_device PRIMARY KEY (id), 
	CONSTRAINT fk_device_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_device_token_hash UNIQUE (token_hash), 
	CONSTRAINT uq_device_upload_token_hash UNIQUE (upload_token_hash)
);
INSERT INTO "device" VALUES('2f378ce7-68bc-41ee-9dc8-6aebbd9e696c',1,'Máy 1','8cd468a71d4c483812bbf0479a2ade13494c6e01c0e4aca69794ed3ecbcb2754','87a3eda2d4a9ba8794e8b10c3c35301e60917be99a5aebdf5ae7a4647257bd3d','2026-11-27T18:17:16.807Z',NULL,NULL);
CREATE TABLE draft (
	id VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	assignment_id VARCHAR NOT NULL, 
	answers TEXT NOT NULL, 
	supersedes VARCHAR, 
	started_at VARCHAR NOT NULL, 
	saved_at VARCHAR NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (id), 
	CONSTRAINT fk_draft_assignment_id FOREIGN KEY(assignment_id) REFERENCES assignment (id), 
	CONSTRAINT fk_draft_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "draft" VALUES('b32baa0b-2a1b-4854-8258-34f988420751',1,'3f18e9be-240c-54c5-860e-9b9d1a038314','{"party_change": "some", "documents": [{"number": "15-KH/MT"}]}',NULL,'2026-11-27T18:17:16.932Z','2026-11-27T18:17:16.943Z');
CREATE TABLE enrolment_code (
	code_hash VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	created_at VARCHAR NOT NULL, 
	expires_at VARCHAR NOT NULL, 
	used_at VARCHAR, 
	device_id VARCHAR, 
	CONSTRAINT pk_enrolment_code PRIMARY KEY (code_hash), 
	CONSTRAINT fk_enrolment_code_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "enrolment_code" VALUES('12e382b198e27d182722575659153977954129e31f9ce2f46ab264997a96e6d7',1,'2026-11-27T18:17:16.802Z','2026-11-27T18:27:16.802Z','2026-11-27T18:17:16.807Z','2f378ce7-68bc-41ee-9dc8-6aebbd9e696c');
CREATE TABLE framework (
	id VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	source TEXT NOT NULL, 
	compiled TEXT NOT NULL, 
	CONSTRAINT pk_framework PRIMARY KEY (id, sha256)
);
INSERT INTO "framework" VALUES('example','eec8ac0f8f77e6a4d6c534b738372346b408ca4795cf662525ae7ed2f9c1bd39','id: example
title: {vi: Khung ví dụ, en: An example framework}
tasks:
  task1:
    title: {vi: Nâng cao nhận thức về vai trò của Mặt trận, en: Raising awareness of the Front''s role}
    short: {vi: Nhận thức, en: Awareness}
    indicators:
      party_awareness: {kind: rating, aspect: carry_out, title: {vi: Nhận thức của cấp ủy, en: The Party committee''s awareness}}
      documents_issued: {kind: count, aspect: deploy, unit: {vi: văn bản, en: documents}, aggregate: sum, title: {vi: Số văn bản triển khai, en: Documents issued}}
','{"id":"example","title":{"vi":"Khung ví dụ","en":"An example framework"},"tasks":[{"code":"task1","title":{"vi":"Nâng cao nhận thức về vai trò của Mặt trận","en":"Raising awareness of the Front''s role"},"short":{"vi":"Nhận thức","en":"Awareness"},"weight":1.0,"indicators":[{"code":"party_awareness","title":{"vi":"Nhận thức của cấp ủy","en":"The Party committee''s awareness"},"kind":"rating","aspect":"carry_out","weight":1.0,"unit":{},"period":null,"aggregate":"none","direction":"higher"},{"code":"documents_issued","title":{"vi":"Số văn bản triển khai","en":"Documents issued"},"kind":"count","aspect":"deploy","weight":1.0,"unit":{"vi":"văn bản","en":"documents"},"period":null,"aggregate":"sum","direction":"higher"}]}]}');
CREATE TABLE leaf (
	round_id INTEGER NOT NULL, 
	locality_id INTEGER NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	stratum VARCHAR NOT NULL, 
	cluster VARCHAR NOT NULL, 
	weights_version INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	tally TEXT NOT NULL, 
	revision INTEGER NOT NULL, counted_by VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_leaf PRIMARY KEY (round_id, locality_id, questionnaire, version, evidence, state, stratum, cluster, weights_version)
);
INSERT INTO "leaf" VALUES(1,4,'opinions','1','visit','submitted','','',0,23,'{"late":0,"moments":{"task1":[19,19.0,900.0,67777.77777777778,19.0,900.0,67777.77777777778],"task1/party_awareness":[19,19.0,900.0,67777.77777777778,19.0,900.0,67777.77777777778]},"n":23,"questions":{"agreed":{"c":{"yes":23}},"documents":{"u":23},"documents_total":{"s":[23,0.0,0.0]},"figures/meetings/h2012":{"u":23},"figures/meetings/y2011":{"u":23},"held_on":{"u":23},"number":{"u":23},"pages":{"u":23},"party_change":{"c":{"clear":4,"little":5,"none":5,"some":5},"m":{"dont_know":4}},"why_little":{"u":10,"x":13}},"simulated":0}',1,'4c31b67cc237');
INSERT INTO "leaf" VALUES(1,5,'opinions','1','visit','submitted','','',0,15,'{"late":0,"moments":{"task1":[12,12.0,600.0,46666.66666666667,12.0,600.0,46666.66666666667],"task1/party_awareness":[12,12.0,600.0,46666.66666666667,12.0,600.0,46666.66666666667]},"n":15,"questions":{"agreed":{"c":{"yes":15}},"documents":{"u":15},"documents_total":{"s":[15,0.0,0.0]},"figures/meetings/h2012":{"u":15},"figures/meetings/y2011":{"u":15},"held_on":{"u":15},"number":{"u":15},"pages":{"u":15},"party_change":{"c":{"clear":3,"little":3,"none":3,"some":3},"m":{"dont_know":3}},"why_little":{"u":6,"x":9}},"simulated":0}',1,'4c31b67cc237');
INSERT INTO "leaf" VALUES(1,4,'first_steps','1','visit','submitted','','',0,3,'{"late":0,"moments":{"task1":[2,2.0,100.0,10000.0,2.0,100.0,10000.0],"task1/party_awareness":[2,2.0,100.0,10000.0,2.0,100.0,10000.0]},"n":3,"questions":{"documents":{"s":[3,3.0,3.0]},"documents_total":{"s":[3,3.0,3.0]},"figures/meetings/h2012":{"s":[2,11.0,60.5],"u":1},"figures/meetings/y2011":{"e":2,"s":[2,24.0,288.0],"u":1},"held_on":{"s":[3,3.0,3.0]},"number":{"u":3},"pages":{"u":3},"party_change":{"c":{"clear":1,"none":1},"u":1},"why_little":{"s":[1,1.0,1.0],"x":2}},"simulated":0}',1,'4c31b67cc237');
INSERT INTO "leaf" VALUES(1,4,'first_steps','1','visit','approved','','',0,1,'{"late":1,"moments":{"task1":[1,1.0,100.0,10000.0,1.0,100.0,10000.0],"task1/party_awareness":[1,1.0,100.0,10000.0,1.0,100.0,10000.0]},"n":1,"questions":{"documents":{"s":[1,1.0,1.0]},"documents_total":{"s":[1,1.0,1.0]},"figures/meetings/h2012":{"u":1},"figures/meetings/y2011":{"u":1},"held_on":{"u":1},"number":{"u":1},"pages":{"u":1},"party_change":{"c":{"clear":1}},"why_little":{"x":1}},"simulated":0}',1,'4c31b67cc237');
CREATE TABLE locality (
	id INTEGER NOT NULL, 
	scheme VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	parent_id INTEGER, 
	path VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	search_key VARCHAR NOT NULL, 
	sort_key VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	lat FLOAT, 
	lon FLOAT, 
	CONSTRAINT pk_locality PRIMARY KEY (id), 
	CONSTRAINT fk_locality_parent_id FOREIGN KEY(parent_id) REFERENCES locality (id), 
	CONSTRAINT fk_locality_scheme FOREIGN KEY(scheme) REFERENCES scheme (name), 
	CONSTRAINT uq_locality_scheme_level_code UNIQUE (scheme, level, code), 
	CONSTRAINT uq_locality_scheme_path UNIQUE (scheme, path)
);
INSERT INTO "locality" VALUES(1,'test','country','VN',NULL,'VN','Việt Nam','viet nam',']MIZ!RAQ 0050000','Quốc gia',NULL,NULL);
INSERT INTO "locality" VALUES(2,'test','province','01',1,'VN/01','Thành phố Hà Nội','thanh pho ha noi','LA!RTM 01050','Thành phố',21.03,105.83);
INSERT INTO "locality" VALUES(3,'test','district','001',2,'VN/01/001','Quận Ba Đình','quan ba dinh','DA!GMRL 000100','Quận',NULL,NULL);
INSERT INTO "locality" VALUES(4,'test','commune','00001',3,'VN/01/001/00001','Phường Phúc Xá','phuong phuc xa','VL[E!_A 004004','Phường',NULL,NULL);
INSERT INTO "locality" VALUES(5,'test','commune','00004',3,'VN/01/001/00004','Phường Trúc Bạch','phuong truc bach','ZX[E!DAEL 00400500','Phường',NULL,NULL);
INSERT INTO "locality" VALUES(6,'test','province','79',1,'VN/79','Thành phố Hồ Chí Minh','thanh pho ho chi minh','LT!ELM!QMRL 010040000','Thành phố',10.8,106.6);
INSERT INTO "locality" VALUES(7,'test','district','760',6,'VN/79/760','Quận 1','quan 1','11 ','Quận',NULL,NULL);
INSERT INTO "locality" VALUES(8,'test','commune','26734',7,'VN/79/760/26734','Phường Tân Định','phuong tan dinh','ZCR!GMRL 0000500','Phường',NULL,NULL);
CREATE TABLE locality_succession (
	id INTEGER NOT NULL, 
	old_id INTEGER NOT NULL, 
	new_id INTEGER, 
	kind VARCHAR NOT NULL, 
	is_default BOOLEAN NOT NULL, 
	CONSTRAINT pk_locality_succession PRIMARY KEY (id), 
	CONSTRAINT fk_locality_succession_new_id FOREIGN KEY(new_id) REFERENCES locality (id), 
	CONSTRAINT fk_locality_succession_old_id FOREIGN KEY(old_id) REFERENCES locality (id)
);
CREATE TABLE meta (
	"key" VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY ("key")
);
CREATE TABLE person (
	id INTEGER NOT NULL, 
	account VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	area_id INTEGER, 
	password_hash VARCHAR, 
	active BOOLEAN NOT NULL, 
	demo BOOLEAN NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT pk_person PRIMARY KEY (id), 
	CONSTRAINT fk_person_area_id FOREIGN KEY(area_id) REFERENCES locality (id), 
	CONSTRAINT uq_person_account UNIQUE (account)
);
INSERT INTO "person" VALUES(1,'surveyor','Surveyor','surveyor',NULL,NULL,1,0,'2026-11-27T18:17:16.146Z');
INSERT INTO "person" VALUES(2,'other','Other','surveyor',NULL,NULL,1,0,'2026-11-27T18:17:16.147Z');
INSERT INTO "person" VALUES(3,'lan','Vũ Thị Lan','central',NULL,'$argon2id$v=19$m=19456,t=2,p=1$/g6J3h7efvQX29B/yTuVIA$MqyhL9ElooFHrxLXI4SLM+4LZd03S1W6NVI/88oRsI8',1,0,'2026-11-27T18:17:16.257Z');
CREATE TABLE questionnaire (
	id VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	source TEXT NOT NULL, 
	compiled TEXT NOT NULL, 
	compiled_sha256 VARCHAR NOT NULL, 
	framework_id VARCHAR NOT NULL, 
	framework_sha256 VARCHAR NOT NULL, 
	published_at VARCHAR NOT NULL, 
	CONSTRAINT pk_questionnaire PRIMARY KEY (id, version), 
	CONSTRAINT fk_questionnaire_framework_id_framework_sha256 FOREIGN KEY(framework_id, framework_sha256) REFERENCES framework (id, sha256)
);
INSERT INTO "questionnaire" VALUES('first_steps','1','8f24812c40c923d1f6b0e617fea0697ffd6cad5489a6bc03d4ab4f56e781674f','# Mẫu phiếu nhỏ nhất có đủ những việc thường dùng: tám câu hỏi, hai phần.
id: first_steps
version: "1"
title: {vi: Những bước đầu tiên, en: First steps}
respondent: organisation
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
choices:
  change4:
    scale: ordinal
    options:
      clear: {vi: Chuyển biến rõ nét, en: Clear change}
      some: {vi: Có chuyển biến, en: Some change}
      little: {vi: Ít chuyển biến, en: Little change}
      none: {vi: Chưa chuyển biến, en: No change yet}
    missing:
      dont_know: {vi: Không biết, en: Don''t know}
sections:
  - name: awareness
    task: task1
    title: {vi: Nhận thức, en: Awareness}
    questions:
      - name: party_change
        type: select_one
        choices: change4
        indicator: party_awareness
        label: {vi: Nhận thức của cấp ủy về vai trò của Mặt trận, en: The Party committee''s awareness of the Front''s role}
        required: true
      - name: why_little
        type: text
        relevant: ${party_change} = ''little'' or ${party_change} = ''none''
        label: {vi: Nguyên nhân, en: Why}
      - name: held_on
        type: date
        constraint: . <= today()
        constraint_message: {vi: Ngày họp không thể ở tương lai, en: The meeting cannot lie in the future}
        label: {vi: Ngày họp gần nhất, en: The latest meeting}
  - name: work
    task: task1
    title: {vi: Công việc, en: Work}
    questions:
      - name: documents
        type: repeat
        label: {vi: Văn bản đã ban hành, en: Documents issued}
        questions:
          - name: number
            type: text
            label: {vi: "Số, ký hiệu", en: Number}
            required: true
          - name: pages
            type: integer
            constraint: . > 0
            label: {vi: Số trang, en: Pages}
      - name: documents_total
        type: calculate
        calculation: count(${documents})
        indicator: documents_issued
        label: {vi: Tổng số văn bản, en: Documents in all}
      - name: figures
        type: number_table
        label: {vi: Số liệu, en: Figures}
        rows:
          meetings: {label: {vi: Cuộc họp, en: Meetings}, unit: {vi: cuộc, en: meetings}}
        periods:
          y2011: {vi: "2011", en: "2011"}
          h2012: {vi: 6 tháng đầu 2012, en: First half of 2012}
','{"format":1,"id":"first_steps","version":"1","title":{"vi":"Những bước đầu tiên","en":"First steps"},"respondent":"organisation","evidence":"visit","locality_level":"commune","languages":["vi","en"],"choices":{"change4":{"scale":"ordinal","options":[{"code":"clear","label":{"vi":"Chuyển biến rõ nét","en":"Clear change"}},{"code":"some","label":{"vi":"Có chuyển biến","en":"Some change"}},{"code":"little","label":{"vi":"Ít chuyển biến","en":"Little change"}},{"code":"none","label":{"vi":"Chưa chuyển biến","en":"No change yet"}}],"missing":[{"code":"dont_know","label":{"vi":"Không biết","en":"Don''t know"}}]}},"sections":[{"name":"awareness","title":{"vi":"Nhận thức","en":"Awareness"},"task":"task1","relevant":null,"questions":[{"name":"party_change","type":"select_one","label":{"vi":"Nhận thức của cấp ủy về vai trò của Mặt trận","en":"The Party committee''s awareness of the Front''s role"},"required":true,"choices":"change4"},{"name":"why_little","type":"text","label":{"vi":"Nguyên nhân","en":"Why"},"relevant":["or",["=",["ref","party_change"],"little"],["=",["ref","party_change"],"none"]]},{"name":"held_on","type":"date","label":{"vi":"Ngày họp gần nhất","en":"The latest meeting"},"constraint":["<=",["self"],["today"]],"constraint_message":{"vi":"Ngày họp không thể ở tương lai","en":"The meeting cannot lie in the future"}}]},{"name":"work","title":{"vi":"Công việc","en":"Work"},"task":"task1","relevant":null,"questions":[{"name":"documents","type":"repeat","label":{"vi":"Văn bản đã ban hành","en":"Documents issued"},"questions":[{"name":"number","type":"text","label":{"vi":"Số, ký hiệu","en":"Number"},"required":true},{"name":"pages","type":"integer","label":{"vi":"Số trang","en":"Pages"},"constraint":[">",["self"],0.0]}]},{"name":"documents_total","type":"calculate","label":{"vi":"Tổng số văn bản","en":"Documents in all"},"calculation":["call","count",["instances","documents"]]},{"name":"figures","type":"number_table","label":{"vi":"Số liệu","en":"Figures"},"rows":[{"code":"meetings","label":{"vi":"Cuộc họp","en":"Meetings"},"unit":{"vi":"cuộc","en":"meetings"}}],"periods":[{"code":"y2011","label":{"vi":"2011","en":"2011"}},{"code":"h2012","label":{"vi":"6 tháng đầu 2012","en":"First half of 2012"}}],"missing":[{"code":"none_arose","label":{"vi":"Không phát sinh","en":"None arose"}},{"code":"not_tracked","label":{"vi":"Không theo dõi","en":"Not tracked"}}]}]}],"order":["party_change","held_on","documents","number","pages","figures","why_little","documents_total"],"dependents":{"party_change":["why_little"],"documents":["documents_total"]}}','ae5da96d618f3dea199183af9a1eda92c203d2d6bf288348a7b44b8f630990a5','example','eec8ac0f8f77e6a4d6c534b738372346b408ca4795cf662525ae7ed2f9c1bd39','2026-11-27T18:17:16.140Z');
INSERT INTO "questionnaire" VALUES('opinions','1','b520052136599110621cd7c68aeb483bb09f4df563fcdf6af0c4b49663923b9a','# Mẫu phiếu nhỏ nhất có đủ những việc thường dùng: tám câu hỏi, hai phần.
id: opinions
version: "1"
title: {vi: Những bước đầu tiên, en: First steps}
respondent: resident
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
choices:
  agree:
    scale: nominal
    options:
      yes: {vi: Đồng ý, en: Agree}
      no: {vi: Không, en: No}
  change4:
    scale: ordinal
    options:
      clear: {vi: Chuyển biến rõ nét, en: Clear change}
      some: {vi: Có chuyển biến, en: Some change}
      little: {vi: Ít chuyển biến, en: Little change}
      none: {vi: Chưa chuyển biến, en: No change yet}
    missing:
      dont_know: {vi: Không biết, en: Don''t know}
sections:
  - name: consent
    consent: true
    task: none
    title: {vi: Đồng ý, en: Consent}
    questions:
      - name: agreed
        type: select_one
        choices: agree
        required: true
        label: {vi: Ông/bà có đồng ý trả lời không, en: Do you agree to answer}
  - name: awareness
    task: task1
    title: {vi: Nhận thức, en: Awareness}
    questions:
      - name: party_change
        type: select_one
        choices: change4
        indicator: party_awareness
        label: {vi: Nhận thức của cấp ủy về vai trò của Mặt trận, en: The Party committee''s awareness of the Front''s role}
        required: true
      - name: why_little
        type: text
        relevant: ${party_change} = ''little'' or ${party_change} = ''none''
        label: {vi: Nguyên nhân, en: Why}
      - name: held_on
        type: date
        constraint: . <= today()
        constraint_message: {vi: Ngày họp không thể ở tương lai, en: The meeting cannot lie in the future}
        label: {vi: Ngày họp gần nhất, en: The latest meeting}
  - name: work
    task: task1
    title: {vi: Công việc, en: Work}
    questions:
      - name: documents
        type: repeat
        label: {vi: Văn bản đã ban hành, en: Documents issued}
        questions:
          - name: number
            type: text
            label: {vi: "Số, ký hiệu", en: Number}
            required: true
          - name: pages
            type: integer
            constraint: . > 0
            label: {vi: Số trang, en: Pages}
      - name: documents_total
        type: calculate
        calculation: count(${documents})
        indicator: documents_issued
        label: {vi: Tổng số văn bản, en: Documents in all}
      - name: figures
        type: number_table
        label: {vi: Số liệu, en: Figures}
        rows:
          meetings: {label: {vi: Cuộc họp, en: Meetings}, unit: {vi: cuộc, en: meetings}}
        periods:
          y2011: {vi: "2011", en: "2011"}
          h2012: {vi: 6 tháng đầu 2012, en: First half of 2012}
','{"format":1,"id":"opinions","version":"1","title":{"vi":"Những bước đầu tiên","en":"First steps"},"respondent":"resident","evidence":"visit","locality_level":"commune","languages":["vi","en"],"choices":{"agree":{"scale":"nominal","options":[{"code":"yes","label":{"vi":"Đồng ý","en":"Agree"}},{"code":"no","label":{"vi":"Không","en":"No"}}],"missing":[]},"change4":{"scale":"ordinal","options":[{"code":"clear","label":{"vi":"Chuyển biến rõ nét","en":"Clear change"}},{"code":"some","label":{"vi":"Có chuyển biến","en":"Some change"}},{"code":"little","label":{"vi":"Ít chuyển biến","en":"Little change"}},{"code":"none","label":{"vi":"Chưa chuyển biến","en":"No change yet"}}],"missing":[{"code":"dont_know","label":{"vi":"Không biết","en":"Don''t know"}}]}},"sections":[{"name":"consent","title":{"vi":"Đồng ý","en":"Consent"},"task":null,"relevant":null,"questions":[{"name":"agreed","type":"select_one","label":{"vi":"Ông/bà có đồng ý trả lời không","en":"Do you agree to answer"},"required":true,"choices":"agree"}]},{"name":"awareness","title":{"vi":"Nhận thức","en":"Awareness"},"task":"task1","relevant":["=",["ref","agreed"],"yes"],"questions":[{"name":"party_change","type":"select_one","label":{"vi":"Nhận thức của cấp ủy về vai trò của Mặt trận","en":"The Party committee''s awareness of the Front''s role"},"required":true,"choices":"change4"},{"name":"why_little","type":"text","label":{"vi":"Nguyên nhân","en":"Why"},"relevant":["or",["=",["ref","party_change"],"little"],["=",["ref","party_change"],"none"]]},{"name":"held_on","type":"date","label":{"vi":"Ngày họp gần nhất","en":"The latest meeting"},"constraint":["<=",["self"],["today"]],"constraint_message":{"vi":"Ngày họp không thể ở tương lai","en":"The meeting cannot lie in the future"}}]},{"name":"work","title":{"vi":"Công việc","en":"Work"},"task":"task1","relevant":["=",["ref","agreed"],"yes"],"questions":[{"name":"documents","type":"repeat","label":{"vi":"Văn bản đã ban hành","en":"Documents issued"},"questions":[{"name":"number","type":"text","label":{"vi":"Số, ký hiệu","en":"Number"},"required":true},{"name":"pages","type":"integer","label":{"vi":"Số trang","en":"Pages"},"constraint":[">",["self"],0.0]}]},{"name":"documents_total","type":"calculate","label":{"vi":"Tổng số văn bản","en":"Documents in all"},"calculation":["call","count",["instances","documents"]]},{"name":"figures","type":"number_table","label":{"vi":"Số liệu","en":"Figures"},"rows":[{"code":"meetings","label":{"vi":"Cuộc họp","en":"Meetings"},"unit":{"vi":"cuộc","en":"meetings"}}],"periods":[{"code":"y2011","label":{"vi":"2011","en":"2011"}},{"code":"h2012","label":{"vi":"6 tháng đầu 2012","en":"First half of 2012"}}],"missing":[{"code":"none_arose","label":{"vi":"Không phát sinh","en":"None arose"}},{"code":"not_tracked","label":{"vi":"Không theo dõi","en":"Not tracked"}}]}]}],"order":["agreed","party_change","held_on","documents","number","pages","figures","why_little","documents_total"],"dependents":{"agreed":["party_change","held_on","documents","number","pages","figures","why_little","documents_total"],"party_change":["why_little"],"documents":["documents_total"]}}','0f41d68db2cbb6599a7f00aead7443cd81290761f9975df2616fbe508645e9af','example','eec8ac0f8f77e6a4d6c534b738372346b408ca4795cf662525ae7ed2f9c1bd39','2026-11-27T18:17:16.297Z');
CREATE TABLE released_leaf (
	round_id INTEGER NOT NULL, 
	locality_id INTEGER NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	stratum VARCHAR NOT NULL, 
	cluster VARCHAR NOT NULL, 
	weights_version INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	tally TEXT NOT NULL, 
	revision INTEGER NOT NULL, counted_by VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_released_leaf PRIMARY KEY (round_id, locality_id, questionnaire, version, evidence, state, stratum, cluster, weights_version)
);
INSERT INTO "released_leaf" VALUES(1,4,'opinions','1','visit','submitted','','',0,23,'{"late":0,"moments":{"task1":[19,19.0,900.0,67777.77777777778,19.0,900.0,67777.77777777778],"task1/party_awareness":[19,19.0,900.0,67777.77777777778,19.0,900.0,67777.77777777778]},"n":23,"questions":{"agreed":{"c":{"yes":23}},"documents":{"u":23},"documents_total":{"s":[23,0.0,0.0]},"figures/meetings/h2012":{"u":23},"figures/meetings/y2011":{"u":23},"held_on":{"u":23},"number":{"u":23},"pages":{"u":23},"party_change":{"c":{"clear":4,"little":5,"none":5,"some":5},"m":{"dont_know":4}},"why_little":{"u":10,"x":13}},"simulated":0}',1,'4c31b67cc237');
INSERT INTO "released_leaf" VALUES(1,5,'opinions','1','visit','submitted','','',0,15,'{"late":0,"moments":{"task1":[12,12.0,600.0,46666.66666666667,12.0,600.0,46666.66666666667],"task1/party_awareness":[12,12.0,600.0,46666.66666666667,12.0,600.0,46666.66666666667]},"n":15,"questions":{"agreed":{"c":{"yes":15}},"documents":{"u":15},"documents_total":{"s":[15,0.0,0.0]},"figures/meetings/h2012":{"u":15},"figures/meetings/y2011":{"u":15},"held_on":{"u":15},"number":{"u":15},"pages":{"u":15},"party_change":{"c":{"clear":3,"little":3,"none":3,"some":3},"m":{"dont_know":3}},"why_little":{"u":6,"x":9}},"simulated":0}',1,'4c31b67cc237');
CREATE TABLE response (
	seq INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	round_id INTEGER, 
	locality_id INTEGER, 
	assignment_id VARCHAR, 
	visit_id VARCHAR, 
	supersedes VARCHAR, 
	evidence VARCHAR NOT NULL, 
	respondent VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	state_at VARCHAR NOT NULL, 
	stratum VARCHAR NOT NULL, 
	cluster VARCHAR NOT NULL, 
	weight FLOAT NOT NULL, 
	weights_version INTEGER NOT NULL, 
	started_at VARCHAR, 
	completed_at VARCHAR, 
	clock_offset_ms INTEGER, 
	received_at VARCHAR NOT NULL, 
	person_id INTEGER, 
	device_id VARCHAR, 
	mode VARCHAR NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	training BOOLEAN NOT NULL, 
	problems TEXT NOT NULL, 
	not_asked TEXT NOT NULL, 
	CONSTRAINT pk_response PRIMARY KEY (seq), 
	CONSTRAINT fk_response_device_id FOREIGN KEY(device_id) REFERENCES device (id), 
	CONSTRAINT fk_response_locality_id FOREIGN KEY(locality_id) REFERENCES locality (id), 
	CONSTRAINT fk_response_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_response_round_id FOREIGN KEY(round_id) REFERENCES survey_round (id), 
	CONSTRAINT uq_response_id_sha256 UNIQUE (id, sha256)
);
INSERT INTO "response" VALUES(1,'00000000-0000-4000-8000-000000000100','561f48fa1e31a66fdf5da8bd38bdf1d98ece25dd5e6b45e67c959189b715171a','{"id": "00000000-0000-4000-8000-000000000100", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-11T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','withdrawn','2026-11-27T18:17:16.792Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-11T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(2,'00000000-0000-4000-8000-000000000101','fd90377bd09c7a32a7cf1d8a36ec440fcb2f0023fcfd7173a011fac8193847d7','{"id": "00000000-0000-4000-8000-000000000101", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-12T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-12T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(3,'00000000-0000-4000-8000-000000000102','3e214f00bd7f3592db8f43fc26d43998dae79651c784f01ab7d72ed723e23493','{"id": "00000000-0000-4000-8000-000000000102", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-13T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-13T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(4,'00000000-0000-4000-8000-000000000103','09a77c05246211331d506b27707c206aed82a03ce7b5956081c028e79aec3fb5','{"id": "00000000-0000-4000-8000-000000000103", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-14T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-14T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(5,'00000000-0000-4000-8000-000000000104','6a03f46b528f15f3cb5b1eaeff28596b8cf4a6513760579b46ff1e5588f77908','{"id": "00000000-0000-4000-8000-000000000104", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-15T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-15T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(6,'00000000-0000-4000-8000-000000000105','2def8d8ad941e76d29ae8e611bdb433a7720413a677e5fc01a221e5582697d79','{"id": "00000000-0000-4000-8000-000000000105", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-16T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-16T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(7,'00000000-0000-4000-8000-000000000106','e064acca83841e203f977183f0dbacc819235c47af028ca9dc91440a5fbde17a','{"id": "00000000-0000-4000-8000-000000000106", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-17T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-17T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(8,'00000000-0000-4000-8000-000000000107','cb931aecd544b6a2d932323461f373517e6b34ded2f085af0a7f9cd2ea583ffb','{"id": "00000000-0000-4000-8000-000000000107", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-18T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-18T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(9,'00000000-0000-4000-8000-000000000108','8ebecf57e4bdaf740453e30085d4bc707c6cc751a49f8e1794dffe88a75df24f','{"id": "00000000-0000-4000-8000-000000000108", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-19T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-19T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(10,'00000000-0000-4000-8000-000000000109','4a4e5225a6e5d1871ceb5f0fa8f599737bb9f37283f3f503ea8421126c8a7c7f','{"id": "00000000-0000-4000-8000-000000000109", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-20T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-20T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(11,'00000000-0000-4000-8000-000000000110','501db2010754f6e8db18f4df5e0c1fd07b05a62cf48b97e0d6146072eb2d07b5','{"id": "00000000-0000-4000-8000-000000000110", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-21T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-21T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(12,'00000000-0000-4000-8000-000000000111','6fb621b274c5d8f06a39ef1c7ba8cadb770df85bd36ec86f129f1adb33ecc766','{"id": "00000000-0000-4000-8000-000000000111", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-22T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-22T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(13,'00000000-0000-4000-8000-000000000112','eb66073930697d9b6f308dad81a3dcf39552e8fc84461125435c88c1eb33f7ed','{"id": "00000000-0000-4000-8000-000000000112", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-23T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-23T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(14,'00000000-0000-4000-8000-000000000113','6fe7d7e5715d763f9cac069e4e6d317a16452a898c6eb940912d33441b0cd0b7','{"id": "00000000-0000-4000-8000-000000000113", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-24T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-24T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(15,'00000000-0000-4000-8000-000000000114','9f596e1a50a15b105ce3411885b7d644b8d9ce1101c1a2aedf49bb21caca64b7','{"id": "00000000-0000-4000-8000-000000000114", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-25T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-25T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(16,'00000000-0000-4000-8000-000000000115','bc78d389a976e11345c8d17fd53f014bf46c6a16d84e21c14fdd47a6a5721106','{"id": "00000000-0000-4000-8000-000000000115", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-26T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-26T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(17,'00000000-0000-4000-8000-000000000116','0787624e390ae5ca46a74c86fe4374d631ddc9da8c82436bf184c26a1248020c','{"id": "00000000-0000-4000-8000-000000000116", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-27T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-27T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(18,'00000000-0000-4000-8000-000000000117','8533e084977489a823c552ceaee083ddc4683110d97637d3cd70ed3ddc3da61a','{"id": "00000000-0000-4000-8000-000000000117", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-28T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-28T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(19,'00000000-0000-4000-8000-000000000118','d4fbab8e47a890e22832a15f1ae09330c2cf1ed512d42ec967a5909b767e40c2','{"id": "00000000-0000-4000-8000-000000000118", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-29T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-29T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(20,'00000000-0000-4000-8000-000000000119','0f81c5227ebf0e61f11d65e07cb469b4fa13a2a75a7222686cf7915f8c6a7584','{"id": "00000000-0000-4000-8000-000000000119", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-30T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-30T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(21,'00000000-0000-4000-8000-000000000120','79ff8b42fafd51e8a037cd07c3f4e56ccd822c0dbdd5ccb8f4a0d787e8ed7768','{"id": "00000000-0000-4000-8000-000000000120", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-01T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-01T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(22,'00000000-0000-4000-8000-000000000121','6efb14ace92d875fdc09e6a7b668634cd178985dccd40fb1f16d1bed504167c7','{"id": "00000000-0000-4000-8000-000000000121", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-02T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-02T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(23,'00000000-0000-4000-8000-000000000122','6f74868a5d9fa732058e92b9a34d755531d71ece782c222f0ae576394dcb7670','{"id": "00000000-0000-4000-8000-000000000122", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-03T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-03T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(24,'00000000-0000-4000-8000-000000000123','a70a0bf47678bfdbd11efe71103524201d01313ae354cb198ddfb21738d7673e','{"id": "00000000-0000-4000-8000-000000000123", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "2d902517-da04-5589-9554-e1f4e75250f5", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-04T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,4,'2d902517-da04-5589-9554-e1f4e75250f5',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.323Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-04T09:00:00+07:00',0,'2026-11-27T18:17:16.323Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(25,'00000000-0000-4000-8000-000000000200','69b6ced4479ab21a964ce82507432f38713bfea491d85d55c2c38b7e882091b4','{"id": "00000000-0000-4000-8000-000000000200", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-21T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-21T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(26,'00000000-0000-4000-8000-000000000201','7badaa2b5a9be5d1aab445024d3c17db76c96726446b6b9151577d2c88803fed','{"id": "00000000-0000-4000-8000-000000000201", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-22T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-22T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(27,'00000000-0000-4000-8000-000000000202','847af6482984ba3d48debb395648cf8c1b41f9e2f7fcb59217fd357c6045b553','{"id": "00000000-0000-4000-8000-000000000202", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-23T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-23T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(28,'00000000-0000-4000-8000-000000000203','0cc93b706effde73924efc6f5bd51414314e01623344a533ee8a76460aaf5db9','{"id": "00000000-0000-4000-8000-000000000203", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-24T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-24T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(29,'00000000-0000-4000-8000-000000000204','48628d4ec876ca2068e48109b8837edc0c613c88907e81e8d7a0ad75e5ae75b6','{"id": "00000000-0000-4000-8000-000000000204", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-25T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-25T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(30,'00000000-0000-4000-8000-000000000205','e5da6e6786da7520f8a567d74325b741c2d1de22669c6b5688ed795f64b56d7c','{"id": "00000000-0000-4000-8000-000000000205", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-26T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-26T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(31,'00000000-0000-4000-8000-000000000206','748eb46cf863b109809557b144816b46f1a35afe3d0c555ec99a228749b38f57','{"id": "00000000-0000-4000-8000-000000000206", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-27T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-27T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(32,'00000000-0000-4000-8000-000000000207','6bb239f51ff2906f4865abf2f1323db516321ba600d03d8a97b14c9d00ed6901','{"id": "00000000-0000-4000-8000-000000000207", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-28T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-28T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(33,'00000000-0000-4000-8000-000000000208','4329036b776d69319f60b857b7019b3ac961f9df54aa65ba07fc18761fa88946','{"id": "00000000-0000-4000-8000-000000000208", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-29T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-29T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(34,'00000000-0000-4000-8000-000000000209','e7ec8162bc63a7d24abd98b3f77f5d8ccafb5f99fd19b8186a580fbadb9148ad','{"id": "00000000-0000-4000-8000-000000000209", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-30T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-30T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(35,'00000000-0000-4000-8000-000000000210','515257cb98dc8f5a3cb360af7f7abfeb515bf10ce8c9aedba9dffe17a3c61896','{"id": "00000000-0000-4000-8000-000000000210", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-01T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "clear"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-01T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(36,'00000000-0000-4000-8000-000000000211','1b0ca673de4dc5f76102c46af49dae512e4955a6850f85100db35fc4cb00c2cf','{"id": "00000000-0000-4000-8000-000000000211", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-02T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "some"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-02T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(37,'00000000-0000-4000-8000-000000000212','7cc021fed293b0d43b420c00811083b6170d347cc1fd6e6ab0a937d6295d083b','{"id": "00000000-0000-4000-8000-000000000212", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-03T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "little"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-03T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(38,'00000000-0000-4000-8000-000000000213','394c2553b5919a26de1efd3a484d8326c769c49833fb75daca2180237dc7e9a8','{"id": "00000000-0000-4000-8000-000000000213", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-04T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "none"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-04T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(39,'00000000-0000-4000-8000-000000000214','fd08b98573c3a0c7c488f009fa3ba57baf0281ad27af8e439ef1de364187735b','{"id": "00000000-0000-4000-8000-000000000214", "questionnaire": "opinions", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00004"}, "assignment": "e4161d8c-610f-5c41-bec4-da613a1de27b", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-05T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"agreed": "yes", "party_change": "dont_know"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','opinions','1',1,5,'e4161d8c-610f-5c41-bec4-da613a1de27b',NULL,NULL,'visit','resident','submitted','2026-11-27T18:17:16.453Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-05T09:00:00+07:00',0,'2026-11-27T18:17:16.453Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(40,'00000000-0000-4000-8000-000000000001','0a2b35c9c73a957e4d9ffac131f958ea97f00b7be95a92e208200a14a66fd1ee','{"id": "00000000-0000-4000-8000-000000000001", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-02T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "clear", "held_on": "2012-05-20", "documents": [{"number": "62", "pages": 3}], "figures": {"meetings": {"y2011": {"value": 12, "estimated": true}, "h2012": {"value": 5.5, "estimated": false}}}}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','submitted','2026-11-27T18:17:16.473Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-02T09:00:00+07:00',0,'2026-11-27T18:17:16.473Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(41,'00000000-0000-4000-8000-000000000002','fc05b3c30aff0348ed0e412c47e1336ea78a215f5db54ae4f7e478f6da1c1d3d','{"id": "00000000-0000-4000-8000-000000000002", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-03T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "unheard", "held_on": "2030-01-01", "documents": [{"pages": -1}], "strange": 1}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','submitted','2026-11-27T18:17:16.499Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-03T09:00:00+07:00',0,'2026-11-27T18:17:16.499Z',1,NULL,'tablet',0,0,'[{"question": "party_change", "code": "unknown_choice", "parts": {"code": "unheard"}}, {"question": "strange", "code": "unknown_question"}, {"question": "held_on", "code": "constraint"}, {"question": "documents-0-number", "code": "required"}, {"question": "documents-0-pages", "code": "constraint"}]','["why_little"]');
INSERT INTO "response" VALUES(42,'00000000-0000-4000-8000-000000000003','ff8114f8c76be943f8e8664de3b50f851410e5088b53ca618f2cbdb0f3e96e55','{"id": "00000000-0000-4000-8000-000000000003", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-07-02T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "little", "why_little": "Thiếu cán bộ"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','returned','2026-11-27T18:17:16.785Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-07-02T09:00:00+07:00',0,'2026-11-27T18:17:16.567Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(43,'00000000-0000-4000-8000-000000000004','3ac468e71f953cc17decdf3455621ee5425934469dbf6ce1c0b4bbb19f70f9d7','{"id": "00000000-0000-4000-8000-000000000004", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-05T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "clear", "held_on": "2012-05-20", "documents": [{"number": "62", "pages": 3}], "figures": {"meetings": {"y2011": {"value": 12, "estimated": true}, "h2012": {"value": 5.5, "estimated": false}}}}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','superseded','2026-11-27T18:17:16.577Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-05T09:00:00+07:00',0,'2026-11-27T18:17:16.570Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(44,'00000000-0000-4000-8000-000000000005','49c336f1ab1bb08142173355a8dae6c5e26b9c62178aaff2b72de20f29292769','{"id": "00000000-0000-4000-8000-000000000005", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": "00000000-0000-4000-8000-000000000004", "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-06T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "none", "held_on": "2012-05-20", "documents": [{"number": "62", "pages": 3}], "figures": {"meetings": {"y2011": {"value": 12, "estimated": true}, "h2012": {"value": 5.5, "estimated": false}}}, "why_little": "Mới bắt đầu"}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,'00000000-0000-4000-8000-000000000004','visit','organisation','submitted','2026-11-27T18:17:16.577Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-06T09:00:00+07:00',0,'2026-11-27T18:17:16.577Z',1,NULL,'tablet',0,0,'[]','[]');
INSERT INTO "response" VALUES(45,'00000000-0000-4000-8000-000000000006','1b119dd0e5fc4c9777b046ce41d3cf425a7224669b84f8b836c039cc54307c55','{"id": "00000000-0000-4000-8000-000000000006", "questionnaire": "first_steps", "version": "9", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-07T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "clear", "documents": [{"number": "62"}], "documents_total": 1}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','9',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'','','quarantined','2026-11-27T18:17:16.616Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-07T09:00:00+07:00',0,'2026-11-27T18:17:16.616Z',1,NULL,'tablet',0,0,'[{"question": null, "code": "unknown_version", "parts": {"id": "first_steps", "version": "9"}}]','[]');
INSERT INTO "response" VALUES(46,'00000000-0000-4000-8000-000000000007','ce9c5ea04da336859aca1bec515c930d8982f7f28385184c05759ac44fddbc72','{"id": "00000000-0000-4000-8000-000000000007", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-08T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "clear", "documents": [{"number": "62"}], "documents_total": 1}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": true}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','submitted','2026-11-27T18:17:16.662Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-08T09:00:00+07:00',0,'2026-11-27T18:17:16.662Z',1,NULL,'tablet',0,1,'[]','["why_little"]');
INSERT INTO "response" VALUES(47,'00000000-0000-4000-8000-000000000008','8de7d990fd052c7a2826f6c8db3d8cc0d4377f5b5adf55ad98061fca837be16e','{"id": "00000000-0000-4000-8000-000000000008", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-07-03T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "clear", "documents": [{"number": "62"}], "documents_total": 1}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','approved','2026-11-27T18:17:16.792Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-07-03T09:00:00+07:00',0,'2026-11-27T18:17:16.712Z',1,NULL,'tablet',0,0,'[]','["why_little"]');
INSERT INTO "response" VALUES(48,'00000000-0000-4000-8000-000000000001','b1ec664f07266349cb42a817fd2160cd62dc0c5d7471e50d20fa979459657ecb','{"id": "00000000-0000-4000-8000-000000000001", "questionnaire": "first_steps", "version": "1", "round": "r1", "locality": {"scheme": "test", "level": "commune", "code": "00001"}, "assignment": "3f18e9be-240c-54c5-860e-9b9d1a038314", "visit": null, "supersedes": null, "started_at": "2012-06-05T08:00:00+07:00", "completed_at": "2012-06-02T09:00:00+07:00", "clock_offset_ms": 0, "answers": {"party_change": "some", "held_on": "2012-05-20", "documents": [{"number": "62", "pages": 3}], "figures": {"meetings": {"y2011": {"value": 12, "estimated": true}, "h2012": {"value": 5.5, "estimated": false}}}}, "attachments": [], "paradata": {}, "mode": "tablet", "simulated": false, "training": false}','first_steps','1',1,4,'3f18e9be-240c-54c5-860e-9b9d1a038314',NULL,NULL,'visit','organisation','conflict','2026-11-27T18:17:16.714Z','','',1.0,0,'2012-06-05T08:00:00+07:00','2012-06-02T09:00:00+07:00',0,'2026-11-27T18:17:16.714Z',1,NULL,'tablet',0,0,'[{"question": null, "code": "other_bytes"}]','["why_little"]');
CREATE TABLE review_event (
	id INTEGER NOT NULL, 
	response_seq INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	person_id INTEGER, 
	from_state VARCHAR NOT NULL, 
	to_state VARCHAR NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_review_event PRIMARY KEY (id), 
	CONSTRAINT fk_review_event_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_review_event_response_seq FOREIGN KEY(response_seq) REFERENCES response (seq)
);
INSERT INTO "review_event" VALUES(1,43,'2026-11-27T18:17:16.577Z',1,'submitted','superseded','00000000-0000-4000-8000-000000000005');
INSERT INTO "review_event" VALUES(2,42,'2026-11-27T18:17:16.785Z',1,'submitted','returned','Đề nghị ghi rõ nguyên nhân');
INSERT INTO "review_event" VALUES(3,47,'2026-11-27T18:17:16.792Z',1,'submitted','approved','');
INSERT INTO "review_event" VALUES(4,1,'2026-11-27T18:17:16.792Z',1,'submitted','withdrawn','Người trả lời rút phiếu');
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	round_id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (id), 
	CONSTRAINT fk_revision_round_id FOREIGN KEY(round_id) REFERENCES survey_round (id)
);
INSERT INTO "revision" VALUES(1,1,'2026-11-27T18:17:21.842Z');
CREATE TABLE round_locality (
	round_id INTEGER NOT NULL, 
	locality_id INTEGER NOT NULL, 
	CONSTRAINT pk_round_locality PRIMARY KEY (round_id, locality_id), 
	CONSTRAINT fk_round_locality_locality_id FOREIGN KEY(locality_id) REFERENCES locality (id), 
	CONSTRAINT fk_round_locality_round_id FOREIGN KEY(round_id) REFERENCES survey_round (id)
);
INSERT INTO "round_locality" VALUES(1,2);
INSERT INTO "round_locality" VALUES(1,6);
CREATE TABLE round_questionnaire (
	round_id INTEGER NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_round_questionnaire PRIMARY KEY (round_id, questionnaire, version), 
	CONSTRAINT fk_round_questionnaire_questionnaire_version FOREIGN KEY(questionnaire, version) REFERENCES questionnaire (id, version), 
	CONSTRAINT fk_round_questionnaire_round_id FOREIGN KEY(round_id) REFERENCES survey_round (id)
);
INSERT INTO "round_questionnaire" VALUES(1,'first_steps','1',0);
INSERT INTO "round_questionnaire" VALUES(1,'opinions','1',0);
CREATE TABLE scheme (
	name VARCHAR NOT NULL, 
	valid_from VARCHAR NOT NULL, 
	valid_to VARCHAR, 
	CONSTRAINT pk_scheme PRIMARY KEY (name)
);
INSERT INTO "scheme" VALUES('test','2010-01-01',NULL);
CREATE TABLE server_key (
	kid VARCHAR NOT NULL, 
	private_pem TEXT NOT NULL, 
	public_jwk TEXT NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT pk_server_key PRIMARY KEY (kid)
);
INSERT INTO "server_key" VALUES('9693bbc75ba55181','-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEWphfBkhEl2Ic/rC
ufAqlG3zPTCPQ48B52kvUOUFcr2hRANCAAS/7KDpAeIRI2unKdgMtsROW91laNoD
WxxZkgMvBLfWHAcNwl00rtlOtqY9gJL8yUciffneeqhTLXibbK/B/ir+
-----END PRIVATE KEY-----
','{"kty": "EC", "crv": "P-256", "x": "v-yg6QHiESNrpynYDLbETlvdZWjaA1scWZIDLwS31hw", "y": "Bw3CXTSu2U62pj2AkvzJRyJ9-d56qFMteJtsr8H-Kv4"}','2026-11-27T18:17:16.919Z');
CREATE TABLE session (
	token_hash VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	created_at VARCHAR NOT NULL, 
	seen_at VARCHAR NOT NULL, 
	expires_at VARCHAR NOT NULL, 
	CONSTRAINT pk_session PRIMARY KEY (token_hash), 
	CONSTRAINT fk_session_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "session" VALUES('fdb84d60d75db80ee09bcf0eb63dc489394ef04b2e71bb2a54943ae1ca441530',3,'2026-11-27T18:17:22.899Z','2026-11-27T18:17:22.899Z','2026-11-28T06:17:22.899Z');
CREATE TABLE stratum_size (
	round_id INTEGER NOT NULL, 
	questionnaire VARCHAR NOT NULL, 
	stratum VARCHAR NOT NULL, 
	units INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_stratum_size PRIMARY KEY (round_id, questionnaire, stratum)
);
INSERT INTO "stratum_size" VALUES(1,'opinions','',2,0);
CREATE TABLE survey_round (
	id INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	name_vi VARCHAR NOT NULL, 
	name_en VARCHAR NOT NULL, 
	scheme VARCHAR NOT NULL, 
	starts_on VARCHAR NOT NULL, 
	ends_on VARCHAR NOT NULL, 
	due_on VARCHAR NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	design TEXT NOT NULL, 
	CONSTRAINT pk_survey_round PRIMARY KEY (id), 
	CONSTRAINT fk_survey_round_scheme FOREIGN KEY(scheme) REFERENCES scheme (name), 
	CONSTRAINT uq_survey_round_code UNIQUE (code)
);
INSERT INTO "survey_round" VALUES(1,'r1','Đợt một','Round one','test','2012-06-01','2012-06-30','2012-06-30',0,'{}');
CREATE TABLE throttle (
	"key" VARCHAR NOT NULL, 
	window_started_at VARCHAR NOT NULL, 
	failures INTEGER NOT NULL, 
	CONSTRAINT pk_throttle PRIMARY KEY ("key")
);
INSERT INTO "throttle" VALUES('address:127.0.0.1','2026-11-27T18:17:22.899Z',0);
CREATE TABLE visit (
	id VARCHAR NOT NULL, 
	round_id INTEGER NOT NULL, 
	locality_id INTEGER NOT NULL, 
	leader_id INTEGER, 
	starts_on VARCHAR NOT NULL, 
	ends_on VARCHAR NOT NULL, 
	CONSTRAINT pk_visit PRIMARY KEY (id), 
	CONSTRAINT fk_visit_leader_id FOREIGN KEY(leader_id) REFERENCES person (id), 
	CONSTRAINT fk_visit_locality_id FOREIGN KEY(locality_id) REFERENCES locality (id), 
	CONSTRAINT fk_visit_round_id FOREIGN KEY(round_id) REFERENCES survey_round (id)
);
CREATE TABLE visit_member (
	visit_id VARCHAR NOT NULL, 
	person_id INTEGER NOT NULL, 
	CONSTRAINT pk_visit_member PRIMARY KEY (visit_id, person_id), 
	CONSTRAINT fk_visit_member_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_visit_member_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
);
CREATE INDEX ix_locality_parent_id ON locality (parent_id);
CREATE INDEX ix_locality_succession_old_id ON locality_succession (old_id);
CREATE INDEX ix_device_person_id ON device (person_id);
CREATE INDEX ix_session_person_id ON session (person_id);
CREATE INDEX ix_visit_round_id ON visit (round_id);
CREATE INDEX ix_assignment_person_id ON assignment (person_id);
CREATE INDEX ix_assignment_round_id_locality_id ON assignment (round_id, locality_id);
CREATE INDEX ix_response_assignment_id ON response (assignment_id);
CREATE INDEX ix_response_leaf ON response (round_id, locality_id, questionnaire);
CREATE INDEX ix_response_supersedes ON response (supersedes);
CREATE INDEX ix_visit_member_person_id ON visit_member (person_id);
CREATE INDEX ix_draft_person_id_assignment_id ON draft (person_id, assignment_id);
CREATE INDEX ix_review_event_response_seq ON review_event (response_seq);
COMMIT;
