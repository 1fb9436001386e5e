namespace Prozchain.Zk.Air;

/// <summary>What a node of a <see cref="ConstraintGraph"/> computes.</summary>
public enum GraphOperation
{
    /// <summary>An integer, in <see cref="GraphNode.Constant"/>.</summary>
    Constant,

    /// <summary>A column in the row at hand; its number is the left operand, as for all cells.</summary>
    Local,

    /// <summary>A column in the next row.</summary>
    Next,

    /// <summary>A preprocessed column in the row at hand.</summary>
    Preprocessed,

    /// <summary>A preprocessed column in the next row.</summary>
    PreprocessedNext,

    /// <summary>A periodic column.</summary>
    Periodic,

    /// <summary>A public value.</summary>
    Public,

    /// <summary>The sum of two nodes.</summary>
    Add,

    /// <summary>The left node less the right one.</summary>
    Subtract,

    /// <summary>The product of two nodes.</summary>
    Multiply,

    /// <summary>The negative of the left node.</summary>
    Negate,
}

/// <summary>A node of a <see cref="ConstraintGraph"/>. Operands are places of earlier nodes, or for a cell the column.</summary>
/// <param name="Operation">What it computes.</param>
/// <param name="Left">The first operand, or 0.</param>
/// <param name="Right">The second operand, or 0.</param>
/// <param name="Constant">The integer of a constant, else 0.</param>
public readonly record struct GraphNode(GraphOperation Operation, int Left, int Right, ulong Constant);

/// <summary>A constraint of a <see cref="ConstraintGraph"/>.</summary>
/// <param name="Rows">Where it holds.</param>
/// <param name="Node">The expression that is zero there.</param>
/// <param name="Degree">In columns, the selector of the rows included.</param>
/// <param name="Label">Its name.</param>
/// <param name="Index">Its number among those of the same name, or -1.</param>
public readonly record struct GraphConstraint(Rows Rows, int Node, int Degree, string Label, int Index);

/// <summary>A bus interaction of a <see cref="ConstraintGraph"/>.</summary>
/// <param name="Bus">The bus.</param>
/// <param name="Direction">The side.</param>
/// <param name="Multiplicity">The node of the multiplicity.</param>
/// <param name="Message">The nodes of the message.</param>
/// <param name="Bound">The largest multiplicity per row, or 0; see <see cref="IAirBuilder{TValue}.Interact"/>.</param>
/// <param name="Degree">The largest degree of the multiplicity and the message in columns.</param>
public sealed record GraphInteraction(Bus Bus, BusDirection Direction, int Multiplicity, ReadOnlyMemory<int> Message, uint Bound, int Degree);
