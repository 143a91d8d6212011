CREATE TABLE `conditions` (
	`name` text PRIMARY KEY NOT NULL,
	`json` text NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `copies` (
	`digest` text NOT NULL,
	`location` text NOT NULL,
	`state` text NOT NULL,
	`listed_at_ms` integer,
	`proven_at_ms` integer,
	PRIMARY KEY(`digest`, `location`)
);
--> statement-breakpoint
CREATE INDEX `copies_proof` ON `copies` (`location`,`proven_at_ms`);--> statement-breakpoint
CREATE TABLE `holds` (
	`id` text PRIMARY KEY NOT NULL,
	`inbox` text NOT NULL,
	`path` blob NOT NULL,
	`held_path` blob NOT NULL,
	`digest` text NOT NULL,
	`video_id` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`fingerprint` text NOT NULL,
	`held_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`name` text PRIMARY KEY NOT NULL,
	`last_success_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `library_entries` (
	`path` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`digest` text NOT NULL,
	`ext` text NOT NULL,
	`link` text NOT NULL,
	`fingerprint` text NOT NULL,
	`state` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `library_video` ON `library_entries` (`video_id`);--> statement-breakpoint
CREATE TABLE `media` (
	`digest` text PRIMARY KEY NOT NULL,
	`container` text,
	`duration_ms` integer,
	`width` integer,
	`height` integer,
	`rotation_degrees` integer,
	`video_codec` text,
	`audio_codec` text,
	`frame_rate` integer,
	`recorded_at_ms` integer,
	`has_poster` integer DEFAULT false NOT NULL,
	`problem` text
);
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `operations` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`lane` text NOT NULL,
	`subject` text NOT NULL,
	`state` text NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`not_before_ms` integer NOT NULL,
	`error` text,
	`progress` integer,
	`result` text,
	`created_at_ms` integer NOT NULL,
	`finished_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `operations_queue` ON `operations` (`state`,`lane`,`not_before_ms`);--> statement-breakpoint
CREATE INDEX `operations_subject` ON `operations` (`kind`,`subject`,`state`);--> statement-breakpoint
CREATE TABLE `parts` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`kind` text NOT NULL,
	`digest` text NOT NULL,
	`ext` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`name` text NOT NULL,
	`seq` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `parts_video` ON `parts` (`video_id`);--> statement-breakpoint
CREATE TABLE `segments` (
	`name` text PRIMARY KEY NOT NULL,
	`applied_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sightings` (
	`id` integer PRIMARY KEY NOT NULL,
	`inbox` text NOT NULL,
	`path` blob NOT NULL,
	`size_bytes` integer NOT NULL,
	`fingerprint` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`bytes_done` integer DEFAULT 0 NOT NULL,
	`first_seen_at_ms` integer NOT NULL,
	`changed_at_ms` integer NOT NULL,
	`version_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sightings_path` ON `sightings` (`inbox`,`path`);--> statement-breakpoint
CREATE INDEX `sightings_state` ON `sightings` (`state`,`changed_at_ms`);--> statement-breakpoint
CREATE TABLE `versions` (
	`id` text PRIMARY KEY NOT NULL,
	`video_id` text NOT NULL,
	`number` integer NOT NULL,
	`digest` text NOT NULL,
	`ext` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`name` text NOT NULL,
	`name_base64` text,
	`name_key` text,
	`role` text NOT NULL,
	`modified_at_ms` integer,
	`taken_at_ms` integer NOT NULL,
	`seq` integer NOT NULL,
	`seen_again` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `versions_digest` ON `versions` (`digest`);--> statement-breakpoint
CREATE INDEX `versions_video` ON `versions` (`video_id`,`number`);--> statement-breakpoint
CREATE INDEX `versions_name` ON `versions` (`name_key`);--> statement-breakpoint
CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`folder` text NOT NULL,
	`folder_key` text NOT NULL,
	`trashed_at_ms` integer,
	`changed_seq` integer NOT NULL,
	`library_stale` integer DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `videos_folder` ON `videos` (`folder_key`);--> statement-breakpoint
CREATE INDEX `videos_latest` ON `videos` (`changed_seq`);--> statement-breakpoint
CREATE INDEX `videos_library` ON `videos` (`library_stale`);