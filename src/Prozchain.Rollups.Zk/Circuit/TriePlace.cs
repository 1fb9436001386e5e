using System.Runtime.CompilerServices;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// A place of the state's tree: the bits of keys on the way from the root, 127 of them at most, as five limbs, and how many they are. A state key's words of 32
/// bits have their two highest bits in limb 0, eight of four words, and the other 30 in limbs 1 to 4. A bit stands for the same amount
/// whether bits follow or not, those that do not stand being zero, so limbs are integers below 2^8 and 2^30 and no two places of a depth have the same.
/// </summary>
/// <remarks>An account's number is limb 1 of its key; the others are zero. Of a hashed key bit 0 is 1, and bits 32, 64 and 96 are 0: its words are elements.</remarks>
internal struct TriePlace
{
    public const int Limbs = 5, Words = 4, WordBits = 32, LowBits = 30;

    /// <summary>Depths of places: 0 to 127. Two keys that have their first 127 bits in common have no place of their own.</summary>
    public const int Depths = 128;

    private TrieLimbs _limbs;

    /// <summary>Bits so far.</summary>
    public int Depth { get; private set; }

    public readonly uint this[int limb] => _limbs[limb];

    /// <summary>The place one bit further.</summary>
    public readonly TriePlace Child(bool isRight)
    {
        TriePlace child = this;
        if (isRight)
        {
            for (int limb = 0; limb < Limbs; limb++) child._limbs[limb] += Weight(limb, Depth);
        }
        child.Depth++;
        return child;
    }

    /// <summary>What bit <paramref name="depth"/> of a key adds to a limb.</summary>
    public static uint Weight(int limb, int depth)
    {
        (int word, int bit) = (depth / WordBits, depth % WordBits);
        return limb == 0 ? bit < 2 ? 1u << (7 - 2 * word - bit) : 0 : limb == 1 + word && bit >= 2 ? 1u << (WordBits - 1 - bit) : 0;
    }

    /// <summary>How many values a limb may have below a place of a depth: what is behind the place's own is below this.</summary>
    public static uint Room(int limb, int depth)
    {
        (int word, int bit) = (depth / WordBits, depth % WordBits);
        int bits = limb == 0 ? 2 * (Words - word) - Math.Min(bit, 2) : limb == 1 + word ? Math.Min(WordBits - bit, LowBits) : limb > 1 + word ? LowBits : 0;
        return 1u << bits;
    }

    [InlineArray(Limbs)]
    private struct TrieLimbs
    {
        private uint _first;
    }
}
