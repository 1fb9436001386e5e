using System.Runtime.CompilerServices;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>
/// The full replicated bank under seeds with drawn faults: four shards of seven validators that order, execute, send
/// receipts and swap atomically; invariants after each event; at the end everything must have come to rest.
/// </summary>
internal static class BankCampaign
{
    public const int Shards = 4, Validators = 7;
    private const long HealedMs = 4_000, LoadMs = 4_500, DurationMs = 13_000;

    private static readonly ConditionalWeakTable<SimulatedWorld, BankWorld> s_banks = [];

    /// <summary>The bank without a load that is special: what the campaign and the speed rows run.</summary>
    public static BankOptions Options { get; } = new() { Signer = static number => new CheapSigner(number), Verifier = static () => new CheapVerifier(), Shards = Shards, Validators = Validators, TransfersPerSecond = 40 };

    /// <summary>Runs seeds; throws where one fails.</summary>
    public static CampaignReport Run(ulong first, int seeds, int threads)
    {
        var scenario = new SimulationScenario
        {
            Build = Build,
            Plan = new FaultMix { Nodes = Shards * Validators, HealedMs = HealedMs }.Draw,
            DurationMs = DurationMs,
            AtEnd = AtEnd,
        };
        CampaignReport report = SimulationCampaign.Run(scenario, first, seeds, threads);
        if (report.FirstFailure is { } failure) throw new InvalidOperationException($"Expected no failure, got {failure}");
        return report;
    }

    private static SimulatedWorld Build(ulong seed, FaultPlan plan)
    {
        var bank = new BankWorld(seed, Options with { LoadMs = LoadMs, SwapValidityMs = 3_000, World = new WorldOptions { Faults = plan } });
        s_banks.Add(bank.World, bank);
        return bank.World;
    }

    private static string? AtEnd(SimulatedWorld world)
    {
        BankReport? report = s_banks.TryGetValue(world, out BankWorld? bank) ? bank.Report() : null;
        return report is { IsQuiet: true, Waiting: 0, Transfers: > 20, LowestHeight: > 40 } ? null : $"Expected a bank at rest, got {report}.";
    }
}
