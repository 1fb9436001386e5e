using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>A batch that a sequencer closed.</summary>
/// <param name="Number">Its number.</param>
/// <param name="ForcedCount">Items that it takes from the forced queue.</param>
/// <param name="Count">Its own transactions.</param>
/// <param name="Items">Root over those as items, where batches are listed; else zero.</param>
/// <param name="Time">Its time, in seconds since 1970.</param>
/// <param name="PreRoot">State root before it.</param>
/// <param name="PostRoot">State root after it.</param>
/// <param name="ExitRoot">Root over what leaves the rollup in it.</param>
/// <param name="Resources">What it uses of both meters.</param>
public readonly record struct ProducedBatch(ulong Number, int ForcedCount, int Count, Digest32 Items, ulong Time, Digest32 PreRoot, Digest32 PostRoot, Digest32 ExitRoot, ResourceUse Resources);
