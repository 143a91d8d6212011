CREATE TABLE `ciphers` (
	`location` text NOT NULL,
	`path` text NOT NULL,
	`cipher_path` text NOT NULL,
	`cipher_size_bytes` integer NOT NULL,
	`cipher_digest` text NOT NULL,
	`cipher_hashes` text NOT NULL,
	PRIMARY KEY(`location`, `path`)
);
--> statement-breakpoint
CREATE INDEX `ciphers_path` ON `ciphers` (`location`,`cipher_path`);--> statement-breakpoint
CREATE TABLE `locations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`medium` text NOT NULL,
	`away_from_home` integer NOT NULL,
	`path` text NOT NULL,
	`encrypted` integer NOT NULL,
	`promise_days` integer NOT NULL,
	`every_days` integer,
	`roles` text NOT NULL,
	`set_name` text,
	`schedule` text,
	`bandwidth` text,
	`paused` integer NOT NULL,
	`removed` integer NOT NULL,
	`generation` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tombstones` (
	`digest` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`ext` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `copies` ADD `hashes` text;