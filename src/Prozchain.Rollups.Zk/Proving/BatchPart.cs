namespace Prozchain.Rollups.Zk.Proving;

/// <summary>Which steps of a batch are proven, where it is not all of it: forced items come first, then rows (docs/formats/rollups-step.md).</summary>
/// <param name="From">The first, from 0.</param>
/// <param name="To">Behind the last.</param>
/// <param name="RootBefore">The state root before the first; of the whole batch's, if that is 0.</param>
/// <param name="Exits">How much left before the first.</param>
/// <param name="IsEnd">Whether the batch's close is among them.</param>
internal readonly record struct BatchPart(ulong From, ulong To, Digest32 RootBefore, uint Exits, bool IsEnd);
