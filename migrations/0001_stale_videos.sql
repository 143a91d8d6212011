DROP INDEX `videos_library`;--> statement-breakpoint
CREATE INDEX `videos_library` ON `videos` (`id`) WHERE library_stale;