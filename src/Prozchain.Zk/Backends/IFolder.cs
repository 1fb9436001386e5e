using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Backends;

/// <summary>Codewords: their making from committed matrices, their commitments, their folds.</summary>
/// <remarks>
/// An implementer owes: values as docs/formats/zk-fri.md defines them. Rows that were committed to can be opened until the end of the
/// run, after their fold too.
/// </remarks>
internal interface IFolder<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>At each x of the evaluation domain the sum over points z of (v - Σ λ_k p_k(x)) / (z - x).</summary>
    /// <param name="height">Points, and matrices of one height for each, with the number of their first column's coefficient.</param>
    /// <param name="values">v of each point.</param>
    /// <param name="coefficients">λ by number.</param>
    /// <param name="batches">The batches that the claims number.</param>
    ICodeword Combine(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients,
        IReadOnlyList<ICommittedBatch<TField>> batches);

    /// <summary>Commits, without salts, to a codeword as the matrix whose row is 2^logArity neighbouring values, coordinate by coordinate. Takes the codeword.</summary>
    ICommittedBatch<TField> CommitRows(ICodeword codeword, int logArity);

    /// <summary>The fold of what rows were committed to, f(x) = Σ x^j f_j(x^arity) becoming Σ β^j f_j.</summary>
    /// <param name="rows">From <see cref="CommitRows"/>.</param>
    /// <param name="beta">The challenge.</param>
    ICodeword Fold(ICommittedBatch<TField> rows, Extension<TField, TParameters> beta);

    /// <summary>Adds a multiple of another codeword of the same size to one, position by position. Takes the other.</summary>
    void Add(ICodeword sum, ICodeword other, Extension<TField, TParameters> factor);

    /// <summary>The values, for the processor.</summary>
    Codeword<TField> Read(ICodeword codeword);
}
