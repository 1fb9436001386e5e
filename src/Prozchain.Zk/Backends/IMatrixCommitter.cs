using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Backends;

/// <summary>Low-degree extension, commitment, and values at points outside the domain.</summary>
/// <remarks>
/// An implementer owes: exact values of the polynomials through the columns; rows hashed in the order of
/// docs/formats/zk-merkle.md; salts drawn matrix by matrix, column by column, row by row from the caller's source and nowhere else. Batches are those of this run, or a <see cref="CommittedBatch{TField, TTree}"/>, which a key keeps of its
/// preprocessed columns over many runs: a device uploads it at its first use.
/// </remarks>
internal interface IMatrixCommitter<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>Whether extensions lie in the room behind their columns; else columns are only read, until the end of the proof, and come without.</summary>
    bool ExtendsInPlace { get; }

    /// <summary>Whether a trace that is described may come as such to <see cref="Commit"/>, with the cells that its source would write; else the processor makes it before.</summary>
    bool Makes(TraceSource<TField> source);

    /// <summary>Extends every column to the evaluation domain and commits to the rows.</summary>
    /// <param name="matrices">The columns. The caller does not use the memory of those with room again.</param>
    /// <param name="saltLength">Salt elements of each row of each matrix; 0 without salts.</param>
    /// <param name="salts">Where salts come from; null without.</param>
    ICommittedBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int saltLength = 0, SecretSource? salts = null);

    /// <summary>The values of matrices at points: for each pair, in order, one value for each base column.</summary>
    /// <param name="openings">Matrices, each with a point outside its evaluation domain; most share their point with others.</param>
    Extension<TField, TParameters>[][] Evaluate(IReadOnlyList<(MatrixHandle<TField> Matrix, Extension<TField, TParameters> Point)> openings);
}
