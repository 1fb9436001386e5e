namespace Prozchain.Zk.Fields;

/// <summary>
/// The constants that make <see cref="Extension{TBase, TParameters}"/> a field, and its storage at once: an inline array
/// of <see cref="Degree"/> base elements whose static members say by which polynomial x is reduced.
/// </summary>
/// <remarks>
/// Owed: the struct is exactly <see cref="Degree"/> elements; x^Degree - Constant - Middle * x^MiddlePower is irreducible
/// over the base field.
/// </remarks>
/// <typeparam name="TBase">The base field.</typeparam>
public interface IExtensionParameters<TBase> where TBase : struct, IField<TBase>
{
    /// <summary>The degree D of the extension, 2 to 8.</summary>
    static abstract int Degree { get; }

    /// <summary>The number of elements of the base field: the Frobenius map takes that power.</summary>
    static abstract ulong BaseOrder { get; }

    /// <summary>The constant term of what x^D is.</summary>
    static abstract TBase Constant { get; }

    /// <summary>The power of the other term of what x^D is, 1 to D - 1; 0 if there is none.</summary>
    static abstract int MiddlePower { get; }

    /// <summary>The other term's coefficient; zero if there is none.</summary>
    static abstract TBase Middle { get; }
}
