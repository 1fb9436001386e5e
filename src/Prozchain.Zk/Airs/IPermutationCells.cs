using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Airs;

/// <summary>
/// A permutation as cells of any table: constraints of degree 3 in a row, and what fills them. A table that holds a permutation in each
/// of its rows needs no bus to ask for it.
/// </summary>
/// <remarks>
/// Owed: given the input, the constraints leave one value for every cell, which <see cref="Fill"/> writes; cells do not depend on other rows.
/// The input's elements may be any expressions of degree 1. Only the outputs that are wanted, a run of them, take columns.
/// </remarks>
/// <typeparam name="TField">The field.</typeparam>
public interface IPermutationCells<TField> : IPermutation<TField> where TField : unmanaged, IField<TField>
{
    /// <summary>Columns of a permutation beside its input, with so many outputs; these are the last columns.</summary>
    static abstract int Columns(int outputs);

    /// <summary>States the permutation of a row.</summary>
    /// <param name="builder">Who takes the constraints.</param>
    /// <param name="at">First of the columns.</param>
    /// <param name="input">As many elements as the state has, each of degree 1 at most.</param>
    /// <param name="first">Which element of the output is the first one wanted.</param>
    /// <param name="output">Takes the elements of the output, which are cells.</param>
    static abstract void Eval<TBuilder, TValue>(ref TBuilder builder, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>;

    /// <summary>Fills the columns of up to sixteen rows.</summary>
    /// <param name="trace">Where to.</param>
    /// <param name="at">First of the columns.</param>
    /// <param name="row">First of the rows.</param>
    /// <param name="rows">How many, 1 to 16.</param>
    /// <param name="first">Which element of the output is the first one wanted.</param>
    /// <param name="outputs">How many are.</param>
    /// <param name="tile">
    /// The inputs, laid out as for <see cref="IPermutation{TField}.PermuteTile"/>: those of a row that is not wanted may be anything. Takes the outputs.
    /// </param>
    static abstract void Fill(Trace<TField> trace, int at, int row, int rows, int first, int outputs, Span<TField> tile);
}
