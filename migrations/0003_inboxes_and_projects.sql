CREATE TABLE `sidecar_facts` (
	`digest` text PRIMARY KEY NOT NULL,
	`json` text
);
--> statement-breakpoint
ALTER TABLE `holds` ADD `belongs` text;--> statement-breakpoint
ALTER TABLE `media` ADD `camera_make` text;--> statement-breakpoint
ALTER TABLE `media` ADD `camera_model` text;--> statement-breakpoint
ALTER TABLE `media` ADD `streams` text;--> statement-breakpoint
CREATE INDEX `media_streams` ON `media` (`streams`);--> statement-breakpoint
ALTER TABLE `parts` ADD `name_base64` text;--> statement-breakpoint
ALTER TABLE `parts` ADD `path` text;--> statement-breakpoint
ALTER TABLE `parts` ADD `taken_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `parts_digest` ON `parts` (`digest`);--> statement-breakpoint
ALTER TABLE `versions` ADD `damaged` text;--> statement-breakpoint
ALTER TABLE `videos` ADD `project_key` text;--> statement-breakpoint
CREATE INDEX `videos_project` ON `videos` (`project_key`) WHERE project_key IS NOT NULL;