using System.Globalization;

namespace Prozchain.Sharding.Simulation;

/// <summary>What a campaign has done.</summary>
/// <param name="Seeds">Seeds run to their end or to their failure.</param>
/// <param name="Steps">Steps of all their worlds.</param>
/// <param name="Simulated">Virtual time of all their worlds.</param>
/// <param name="Elapsed">Time that it took.</param>
/// <param name="FirstFailure">The failure of the lowest seed that failed; null if none did.</param>
/// <param name="Smallest">The same seed's failure under the smallest plan found; null if none failed.</param>
/// <param name="Replays">False if the failing seed, run again, did other things: something depends on more than the seed.</param>
public sealed record CampaignReport(
    long Seeds,
    long Steps,
    TimeSpan Simulated,
    TimeSpan Elapsed,
    SimulationFailure? FirstFailure = null,
    SimulationFailure? Smallest = null,
    bool Replays = true)
{
    /// <summary>Seeds an hour.</summary>
    public double SeedsPerHour => Elapsed > TimeSpan.Zero ? Seeds / Elapsed.TotalHours : 0;

    /// <summary>Simulated seconds a second, over all threads.</summary>
    public double SimulatedSecondsPerSecond => Elapsed > TimeSpan.Zero ? Simulated / Elapsed : 0;

    /// <summary>The figures, and the failure if there is one.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seeds} seeds in {Elapsed.TotalSeconds:F1} s ({SeedsPerHour:F0} an hour), {SimulatedSecondsPerSecond:F1} simulated seconds a second, {Steps} steps.{Failure()}");

    private string Failure() => FirstFailure is null ? "" : Replays
        ? $"\nFailed; under the smallest plan:\n{Smallest}\nUnder its own plan:\n{FirstFailure}"
        : $"\nFailed, and does other things when run again: something depends on more than the seed.\n{FirstFailure}";
}
