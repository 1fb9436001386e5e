using Prozchain.Zk.Air;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Straight-line code over runs of neighbouring rows. The table of runs holds the cells, then the temporaries; E slots
/// are apart. Immutable.
/// </summary>
internal sealed class TapeProgram
{
    /// <summary>The instructions, in order.</summary>
    public required TapeInstruction[] Instructions { get; init; }

    /// <summary>What the first slots hold.</summary>
    public required TapeCell[] Cells { get; init; }

    /// <summary>Slots after the cells.</summary>
    public required int Temporaries { get; init; }

    /// <summary>Slots over the extension.</summary>
    public required int ExtensionSlots { get; init; }

    /// <summary>Uniform values, as operations on earlier ones, constants or public values. The first is zero.</summary>
    public required GraphNode[] Uniforms { get; init; }

    /// <summary>What <see cref="TapeOperation.Fold"/> adds up.</summary>
    public required TapeTerm[] Terms { get; init; }

    /// <summary>The factors of <see cref="TapeOperation.FoldExtension"/>.</summary>
    public required TapeFactor[] Factors { get; init; }

    /// <summary>What sums start from.</summary>
    public required TapeStart[] Starts { get; init; }

    /// <summary>The columns of a kind that it reads, ascending.</summary>
    public int[] Columns(GraphOperation operation) => [.. Cells.Where(cell => cell.Operation == operation).Select(cell => cell.Column).Distinct().Order()];
}
