namespace Prozchain.Zk.Backends;

/// <summary>A handle of values in the extension on a coset, which stay where they were computed.</summary>
/// <remarks>
/// An implementer owes: the values of <see cref="Commitments.Codeword{TField}"/>, on a coset that starts at the power of the field's generator
/// that the folds before have led to. No two handles share memory.
/// </remarks>
internal interface ICodeword
{
    /// <summary>log2 of the number of values.</summary>
    int LogSize { get; }
}
