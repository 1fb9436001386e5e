namespace Prozchain.AI.Kernels;

/// <summary>
/// The instructions of a <see cref="ShortTile{TLanes, TVector, TColumns}"/>. They take vectors as they are: an unrolled loop
/// of lanes that wrap them has more temporaries than the compiler keeps in registers.
/// </summary>
/// <typeparam name="TVector">A vector of words: four bytes, two shorts, or a sum.</typeparam>
internal unsafe interface IShortLanes<TVector>
    where TVector : unmanaged
{
    /// <summary>Words in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Words that lie together.</summary>
    static abstract TVector Load(int* source);

    /// <summary>One word in every place.</summary>
    static abstract TVector Broadcast(int value);

    /// <summary>The products of one step, added two by two; each sum must fit a short.</summary>
    static abstract TVector Multiply(TVector activations, TVector weights);

    /// <summary>Adds shorts, which wrap.</summary>
    static abstract TVector AddShorts(TVector left, TVector right);

    /// <summary>The sum of the two shorts of each word, as numbers with a sign.</summary>
    static abstract TVector Widen(TVector shorts);

    /// <summary>Adds numbers of 32 bits.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Writes all words.</summary>
    static abstract void Store(TVector value, int* destination);
}
