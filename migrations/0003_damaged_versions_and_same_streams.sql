ALTER TABLE `media` ADD `streams` text;--> statement-breakpoint
CREATE INDEX `media_streams` ON `media` (`streams`);--> statement-breakpoint
ALTER TABLE `versions` ADD `damaged` text;