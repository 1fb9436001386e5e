using Prozchain.Zk.Air;

namespace Prozchain.Zk.Stark;

/// <summary>
/// What an instruction of a <see cref="TapeProgram"/> does to runs. An operand is a slot of the table of runs, a number
/// of a uniform value, or a slot of runs over the extension (E slot), whose coordinates follow each other.
/// </summary>
internal enum TapeOperation
{
    /// <summary>A + B.</summary>
    Add,

    /// <summary>A - B.</summary>
    Subtract,

    /// <summary>A B.</summary>
    Multiply,

    /// <summary>A + u, u being uniform B.</summary>
    AddUniform,

    /// <summary>A - u.</summary>
    SubtractUniform,

    /// <summary>u - A.</summary>
    SubtractFromUniform,

    /// <summary>A u.</summary>
    MultiplyUniform,

    /// <summary>u.</summary>
    Fill,

    /// <summary>A u + C.</summary>
    MultiplyUniformAdd,

    /// <summary>A + B - 2 A B: the exclusive or of bits.</summary>
    Xor,

    /// <summary>(A + B) + C.</summary>
    AddAdd,

    /// <summary>(A + B) - C.</summary>
    AddSubtract,

    /// <summary>C - (A + B).</summary>
    AddSubtractFrom,

    /// <summary>(A + B) C.</summary>
    AddMultiply,

    /// <summary>(A - B) + C.</summary>
    SubtractAdd,

    /// <summary>(A - B) - C.</summary>
    SubtractSubtract,

    /// <summary>C - (A - B).</summary>
    SubtractSubtractFrom,

    /// <summary>(A - B) C.</summary>
    SubtractMultiply,

    /// <summary>A B + C.</summary>
    MultiplyAdd,

    /// <summary>A B - C.</summary>
    MultiplySubtract,

    /// <summary>C - A B.</summary>
    MultiplySubtractFrom,

    /// <summary>A B C.</summary>
    MultiplyMultiply,

    /// <summary>E slot T += Σ of B terms from A on, each times its factor.</summary>
    Fold,

    /// <summary>E slot T = start A.</summary>
    FillExtension,

    /// <summary>E slot T = column A of the lookups, in the row at hand, or in the next if B is 1.</summary>
    LoadLookup,

    /// <summary>E slot T = ± A, the sign being B.</summary>
    Embed,

    /// <summary>E slot T = E slot A.</summary>
    CopyExtension,

    /// <summary>E slot T += E slot A.</summary>
    AddExtension,

    /// <summary>E slot T -= E slot A.</summary>
    SubtractExtension,

    /// <summary>E slot T *= E slot A.</summary>
    MultiplyExtension,

    /// <summary>E slot T += ± A * E slot B, the sign being C.</summary>
    AddScaled,

    /// <summary>The first coordinate of E slot T += ± A, the sign being B.</summary>
    AddBase,

    /// <summary>E slot T += Σ over k of coordinate k of E slot A times x^k times the factor number B.</summary>
    FoldExtension,
}

/// <summary>An instruction; see <see cref="TapeOperation"/>.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Target">The slot written.</param>
/// <param name="A">The first operand.</param>
/// <param name="B">The second operand.</param>
/// <param name="C">The third operand.</param>
/// <param name="Cells">How many cells are used up to here: the next ones can be fetched.</param>
internal readonly record struct TapeInstruction(TapeOperation Operation, int Target, int A, int B, int C, int Cells);

/// <summary>A run or uniform value that goes into a sum over the extension.</summary>
/// <param name="Slot">The run, or the number of the uniform value.</param>
/// <param name="Factor">Constraint i has the power of gamma i, element j of a message, as -1 - j, that of beta.</param>
internal readonly record struct TapeTerm(int Slot, int Factor);

/// <summary>The value that a sum over the extension starts from.</summary>
/// <param name="Interaction">The interaction whose message's value it is, or -1.</param>
/// <param name="Terms">What else does not depend on the row: uniform values, by number, with factors.</param>
/// <param name="Terminal">The number of the constraint whose terminal it is, or -1.</param>
internal sealed record TapeStart(int Interaction, IReadOnlyList<TapeTerm> Terms, int Terminal = -1);

/// <summary>A cell that a program reads: a column of the row at hand or the next, or a periodic one.</summary>
/// <param name="Operation">Which kind.</param>
/// <param name="Column">The column.</param>
internal readonly record struct TapeCell(GraphOperation Operation, int Column);

/// <summary>The factor of a constraint over the extension.</summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="IsNegative">Whether it is the negative.</param>
internal readonly record struct TapeFactor(int Constraint, bool IsNegative);
