using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>A batch that a rollup derived, with what only its sequencer knows.</summary>
/// <param name="Native">What came of it natively.</param>
/// <param name="Record">What a node recorded of it.</param>
/// <param name="Forced">Its forced items.</param>
/// <param name="Uses">What each forced item and payment, run by itself, used of both meters; an item that does nothing is free.</param>
/// <param name="Asked">What the settlement layer asks about it.</param>
/// <param name="Payments">Its own payments as they were signed; those that do nothing have signatures of zeros.</param>
internal sealed record SignedBatch(ExecutedBatch Native, BatchRecord Record, IReadOnlyList<SignedBatch.Item> Forced, IReadOnlyList<ResourceUse> Uses, ProofStatement Asked, Payment[] Payments)
{
    /// <summary>A forced item: what it is, if it is a payment or a deposit at all, and whether it may do something in some state.</summary>
    internal readonly record struct Item(InboundMessage? Deposit, Payment? Payment, bool MayWork);
}
