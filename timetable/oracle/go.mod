// Answers of the parser that the CronJob controller uses: what this crate is held against.
module conform.dev/timetable/oracle

go 1.26.0

require github.com/robfig/cron/v3 v3.0.1
