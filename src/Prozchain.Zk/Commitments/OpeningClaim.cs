namespace Prozchain.Zk.Commitments;

/// <summary>That the columns of a committed matrix have these values at a point.</summary>
/// <param name="Batch">The number of the commitment.</param>
/// <param name="Matrix">The number of the matrix in it.</param>
/// <param name="Point">The point, outside the evaluation domain.</param>
/// <param name="Values">A value for each base column, bound by the transcript before the claim is proven.</param>
/// <param name="IsOneWord">
/// Whether the columns are the coordinates of one polynomial over the extension, which then has one coefficient in the combination: a
/// mask must be uniform in it, not only its coordinates.
/// </param>
internal readonly record struct OpeningClaim<TExtension>(int Batch, int Matrix, TExtension Point, TExtension[] Values, bool IsOneWord = false) where TExtension : struct;
