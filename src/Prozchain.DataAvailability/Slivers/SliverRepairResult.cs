using Prozchain.DataAvailability.Repair;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>The end of a sliver's repair, with what belongs to each way to end.</summary>
public sealed class SliverRepairResult
{
    internal SliverRepairResult(CheckedSliver sliver) => (Status, Sliver) = (RepairStatus.Repaired, sliver);

    internal SliverRepairResult(int missing) => (Status, Missing) = (RepairStatus.NotEnough, missing);

    internal SliverRepairResult(InconsistencyProof proof) => (Status, Inconsistency) = (RepairStatus.BadEncoding, proof);

    /// <summary>How it ended.</summary>
    public RepairStatus Status { get; }

    /// <summary>The sliver; not null if and only if <see cref="RepairStatus.Repaired"/>.</summary>
    public CheckedSliver? Sliver { get; }

    /// <summary>Symbols still missing; 0 unless <see cref="RepairStatus.NotEnough"/>.</summary>
    public int Missing { get; }

    /// <summary>What shows to everyone that the blob is no codeword; not null if and only if <see cref="RepairStatus.BadEncoding"/>.</summary>
    public InconsistencyProof? Inconsistency { get; }
}
