namespace Prozchain.Zk.Hashing;

/// <summary>A public permutation of a fixed number of field elements, which <see cref="FieldSponge{TField, TPermutation}"/> hashes with.</summary>
/// <typeparam name="TField">The field.</typeparam>
public interface IPermutation<TField>
{
    /// <summary>Elements of the state.</summary>
    static abstract int Width { get; }

    /// <summary>Permutes a state in place. Allocates nothing once warm; time does not depend on the values.</summary>
    /// <param name="state"><see cref="Width"/> elements.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    static abstract void Permute(Span<TField> state);

    /// <summary>Permutes sixteen states in place, with the same results as one by one; allocates nothing once warm.</summary>
    /// <param name="tile">Sixteen times <see cref="Width"/> elements: element i of state s at 16 i + s.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    static abstract void PermuteTile(Span<TField> tile);
}
