namespace Prozchain.DataAvailability.Repair;

/// <summary>The end of a repair, with what belongs to each way to end.</summary>
public sealed class RepairResult
{
    internal RepairResult(ExtendedSquare square) => (Status, Square) = (RepairStatus.Repaired, square);

    internal RepairResult(Shortfall shortfall) => (Status, Shortfall) = (RepairStatus.NotEnough, shortfall);

    internal RepairResult(BadEncodingProof evidence) => (Status, BadEncoding) = (RepairStatus.BadEncoding, evidence);

    /// <summary>How it ended.</summary>
    public RepairStatus Status { get; }

    /// <summary>The whole square; not null if and only if <see cref="RepairStatus.Repaired"/>.</summary>
    public ExtendedSquare? Square { get; }

    /// <summary>What is missing; none unless <see cref="RepairStatus.NotEnough"/>.</summary>
    public Shortfall Shortfall { get; }

    /// <summary>The contradiction, proven to everyone; not null if and only if <see cref="RepairStatus.BadEncoding"/>.</summary>
    public BadEncodingProof? BadEncoding { get; }
}
