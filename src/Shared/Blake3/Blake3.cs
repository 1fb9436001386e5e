using System.Text;

namespace Prozchain.Shared;

/// <summary>
/// BLAKE3 (specification 20211102), one-shot, 32-byte output. Scalar and readable: the oracle of the lane kernels.
/// Every member writes exactly 32 bytes to the start of its output, which may overlap the input.
/// </summary>
internal static class Blake3
{
    public const int DigestSize = 32;

    public static void Hash(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var hasher = new Blake3Hasher();
        hasher.Finish(input, output);
    }

    public static void KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var hasher = Blake3Hasher.Keyed(key);
        hasher.Finish(input, output);
    }

    /// <summary>The KDF mode. <paramref name="context"/> is hard-coded, globally unique and not secret.</summary>
    public static void DeriveKey(string context, ReadOnlySpan<byte> material, Span<byte> output)
    {
        var hasher = Blake3Hasher.DerivingKey(Encoding.UTF8.GetBytes(context));
        hasher.Finish(material, output);
    }
}
