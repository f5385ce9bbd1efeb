// Writes what the CronJob controller's parser answers: for each schedule and zone, the slots that follow some moments.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"time"

	"github.com/robfig/cron/v3"
)

type answer struct {
	Schedule string  `json:"schedule"`
	Zone     string  `json:"zone,omitempty"`
	After    int64   `json:"after,omitempty"`
	Next     []int64 `json:"next,omitempty"`
	Refused  bool    `json:"refused,omitempty"`
}

var schedules = []string{
	"* * * * *", "0 * * * *", "*/15 * * * *", "30 2 * * *", "30 1 * * *", "0 0 * * *", "15 0 * * *", "59 23 * * *",
	"0 3 * * 6", "0 3 1,15 * *", "0 3 13 * 5", "0 3 13 * *", "0 3 */2 * 1", "0 3 * * */2", "0 3 31 * *", "0 0 29 2 *",
	"0 9-17 * * 1-5", "30 6-16/4 * * 1-5", "*/61 * * * *", "5/20 * * * *", "0 0 1 1 *", "0 12 * jan,JUL sun",
	"0 12 ? * MON-FRI", "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@every 1h30m",
	"@every 90m", "10,20 1,2,3 * * *", "0 1-3 * 3,10,11 *", "0 0 1 */3 *", "7 7 7 7 *", "0 2 * * 0",
}

var refused = []string{
	"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * 0 *",
	"* * * * 7", "a * * * *", "5-1 * * * *", "*/0 * * * *", "1/2/3 * * * *", "1-2-3 * * * *", "@never", "@every",
	"@every soon", "0 0 L * *", "0 0 * * 5#2", "-1 * * * *",
}

var zones = []string{
	"Etc/UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu",
	"Pacific/Auckland", "Asia/Jerusalem", "Pacific/Apia",
}

func main() {
	random := rand.New(rand.NewSource(7))
	out := json.NewEncoder(os.Stdout)
	write := func(one answer) {
		if err := out.Encode(one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	for _, schedule := range refused {
		if _, err := cron.ParseStandard(schedule); err == nil {
			fmt.Fprintf(os.Stderr, "%q is not refused\n", schedule)
			os.Exit(1)
		}
		write(answer{Schedule: schedule, Refused: true})
	}
	for _, zone := range zones {
		place, err := time.LoadLocation(zone)
		if err != nil {
			panic(err)
		}
		for _, schedule := range schedules {
			parsed, err := cron.ParseStandard("TZ=" + zone + " " + schedule)
			if err != nil {
				panic(err)
			}
			for _, after := range moments(place, random) {
				one := answer{Schedule: schedule, Zone: zone, After: after}
				at := time.Unix(after, 0)
				for len(one.Next) < 4 {
					at = parsed.Next(at)
					if at.IsZero() {
						break
					}
					one.Next = append(one.Next, at.Unix())
				}
				write(one)
			}
		}
	}
}

// moments are some seconds before each change of the clock of 2026, and a few at random of the twenty years around.
func moments(place *time.Location, random *rand.Rand) []int64 {
	var found []int64
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, before := start.In(place).Zone()
	for hour := 0; hour < 365*24; hour++ {
		at := start.Add(time.Duration(hour) * time.Hour)
		_, offset := at.In(place).Zone()
		if offset != before {
			found = append(found, at.Add(-3*time.Hour).Unix()-1, at.Add(-time.Hour).Unix(), at.Unix())
		}
		before = offset
	}
	for range 3 {
		found = append(found, time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).Unix()+random.Int63n(20*365*86400))
	}
	return found
}
