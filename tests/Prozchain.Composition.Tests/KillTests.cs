using System.Globalization;
using System.Text.Json;

namespace Prozchain.Composition.Tests;

/// <summary>A Devnet that is killed again and again ends where one that was left alone ends.</summary>
public class KillTests
{
    private const int Kills = 20;

    [Fact]
    public async Task Run_KilledAtRandomPoints_LosesNoAcknowledgedRoundAndEndsTheSame()
    {
        using var folder = new TemporaryFolder();
        string workload = folder["workload.csv"];
        DevnetResult generated = await DevnetProcess.RunAsync("generate", "--lines", "3000", "--accounts", "60", "--output", workload);
        Assert.True(generated.ExitCode == 0, generated.ToString());

        DevnetResult undisturbed = await DevnetProcess.RunAsync(Arguments(workload, folder["undisturbed"], folder["undisturbed.json"]));
        Assert.True(undisturbed.ExitCode == 0, undisturbed.ToString());

        var random = new Random(20);
        var acknowledged = new SortedDictionary<long, string>();
        for (int kill = 0; kill < Kills; kill++)
        {
            using DevnetProcess devnet = DevnetProcess.Start(Arguments(workload, folder["killed"], folder["killed.json"]));
            // Half the kills wait for a first round, however slow the machine; the others strike whenever it is.
            while (kill % 2 == 0 && devnet.Lines.IsEmpty && !devnet.HasExited) await Task.Delay(5);
            await Task.Delay(random.Next(1200));
            await devnet.KillAsync();
            CheckContinuity(devnet.Lines, acknowledged);
        }
        Assert.True(acknowledged.Count > 0, "No round was acknowledged before any of the kills.");

        DevnetResult end = await DevnetProcess.RunAsync(Arguments(workload, folder["killed"], folder["killed.json"]));
        Assert.True(end.ExitCode == 0, end.ToString());
        CheckContinuity(end.Output, acknowledged);
        // A kill between a round's flush and its line leaves the round in the log and unannounced: at most one a kill.
        string[] expected = [.. undisturbed.Output.Where(IsAcknowledgement)];
        string[] announced = [.. expected.Where(line => acknowledged.ContainsKey(Round(line)))];
        foreach (string line in announced) Assert.Equal(line, acknowledged[Round(line)]);
        Assert.InRange(announced.Length, Math.Max(1, expected.Length - Kills), acknowledged.Count);
        Assert.Equal(Deterministic(folder["undisturbed.json"]), Deterministic(folder["killed.json"]));
    }

    // Rounds come in order, none is acknowledged twice, and a resumed run starts after the last acknowledged one.
    private static void CheckContinuity(IEnumerable<string> lines, SortedDictionary<long, string> acknowledged)
    {
        long last = acknowledged.Count == 0 ? 0 : acknowledged.Keys.Last();
        foreach (string line in lines)
        {
            if (line.StartsWith("resumed after round ", StringComparison.Ordinal))
            {
                long resumed = Round(line);
                Assert.True(resumed >= last, $"Expected to resume after round {last} or a later one, got {resumed}.");
            }
            if (!IsAcknowledgement(line)) continue;
            Assert.True(Round(line) > last, $"Round {Round(line)} was acknowledged again after round {last}.");
            last = Round(line);
            acknowledged[last] = line;
        }
    }

    private static string[] Arguments(string workload, string data, string report) =>
        ["run", "--workload", workload, "--data", data, "--report", report, "--round", "20", "--batch", "100"];

    private static bool IsAcknowledgement(string line) => line.StartsWith("round ", StringComparison.Ordinal) && line.EndsWith(" acknowledged", StringComparison.Ordinal);

    private static long Round(string line) => long.Parse(string.Concat(line.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture);

    private static string Deterministic(string report)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(report));
        return json.RootElement.GetProperty("deterministic").GetRawText();
    }
}
