CREATE TABLE `links` (
	`platform` text NOT NULL,
	`post` text NOT NULL,
	`version_id` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`platform`, `post`, `version_id`)
);
--> statement-breakpoint
CREATE INDEX `links_version` ON `links` (`version_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `segments` ADD `is_applied` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `segments` ADD `is_whole` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `segments` ADD `content` blob;--> statement-breakpoint
ALTER TABLE `segments` ADD `index` blob;--> statement-breakpoint
CREATE INDEX `segments_open` ON `segments` (`name`) WHERE NOT is_applied;--> statement-breakpoint
ALTER TABLE `versions` ADD `how` text DEFAULT 'taken' NOT NULL;--> statement-breakpoint
ALTER TABLE `videos` ADD `merged_into` text;