namespace Prozchain.Sharding.Simulation;

/// <summary>What a simulated node did since it was added, over all its lives.</summary>
/// <param name="Sent">Messages that left it, lost ones included.</param>
/// <param name="SentBytes">Their bytes.</param>
/// <param name="Received">Messages that it was handed.</param>
/// <param name="ReceivedBytes">Their bytes.</param>
/// <param name="CpuNanoseconds">What the <see cref="CostModel"/> charged, slowness included.</param>
/// <param name="Persisted">Records written to its log.</param>
/// <param name="PersistedBytes">Their bytes.</param>
/// <param name="LongestQueue">The most messages that waited for its CPU at once.</param>
/// <param name="Crashes">How often it lost its power.</param>
public record struct NodeStatistics(
    long Sent,
    long SentBytes,
    long Received,
    long ReceivedBytes,
    long CpuNanoseconds,
    long Persisted,
    long PersistedBytes,
    int LongestQueue,
    int Crashes);
