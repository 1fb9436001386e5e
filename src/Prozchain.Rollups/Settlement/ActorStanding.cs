namespace Prozchain.Rollups.Settlement;

/// <summary>Where a party of the settlement stands.</summary>
/// <param name="Free">Units that no bond holds.</param>
/// <param name="Bonded">Units at stake.</param>
/// <param name="NextSequence">Number of the party's calls so far, which its next call must carry.</param>
/// <param name="MayPostBatches">True for sequencers.</param>
public readonly record struct ActorStanding(ulong Free, ulong Bonded, long NextSequence, bool MayPostBatches);
