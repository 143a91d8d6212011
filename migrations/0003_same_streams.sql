ALTER TABLE `media` ADD `streams` text;--> statement-breakpoint
CREATE INDEX `media_streams` ON `media` (`streams`);