using System.Security.Cryptography;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>A profile's hash that is on every EVM as well: SHA-256 over the domain's byte and the message.</summary>
public readonly struct Sha256Tree : IStateHash
{
    public static void HashMany(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        Span<byte> input = stackalloc byte[1 + 1_024];
        input = input[..(1 + length)];
        input[0] = domain;
        for (int i = 0; i < digests.Length / 32; i++)
        {
            messages.Slice(i * length, length).CopyTo(input[1..]);
            SHA256.HashData(input, digests[(32 * i)..]);
        }
    }
}

/// <summary>The schemes of contracts/test/TestHashKeys.sol, 9 and 3: 16 one-time keys of Winternitz under a tree of SHA-256.</summary>
internal static class HashKeys
{
    public const byte Scheme = 9;
    public const int Height = 4, Leaves = 1 << Height, Chains = 67, Steps = 15, KeySize = 33, SignatureSize = 2 + 32 * (Chains + Height);

    /// <summary>Moves a chain on.</summary>
    public static byte[] Walk(byte[] value, int leaf, int chain, int from, int to)
    {
        for (int step = from; step < to; step++) value = SHA256.HashData([(byte)leaf, (byte)chain, (byte)step, .. value]);
        return value;
    }

    /// <summary>How far each chain is moved for a message.</summary>
    public static int[] Digits(ReadOnlySpan<byte> root, int leaf, ReadOnlySpan<byte> message)
    {
        byte[] digest = SHA256.HashData([.. root, (byte)leaf, .. message]);
        var digits = new int[Chains];
        int sum = 0;
        for (int i = 0; i < 64; i++) sum += Steps - (digits[i] = digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15);
        for (int i = 64; i < Chains; i++) digits[i] = sum >> (8 - 4 * (i - 64)) & 15;
        return digits;
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => SHA256.HashData([.. left, .. right]);

    /// <summary>The root as a key shows it: of scheme 3 as words below 2^30, as keys of numbered accounts are.</summary>
    public static byte[] Root(byte scheme, byte[] node) => scheme == AccountAddress.HashScheme ? [.. node.Select((b, i) => (byte)(i % 4 == 3 ? b & 0x3F : b))] : node;
}

/// <summary>Signs sixteen times, and then no more: a leaf that signs twice could be forged.</summary>
internal sealed class HashKeySigner : ISigner
{
    private readonly byte[] _seed;
    private readonly byte[][] _nodes = new byte[2 * HashKeys.Leaves][];
    private int _next;

    public HashKeySigner(int seed, byte scheme = HashKeys.Scheme)
    {
        _seed = SHA256.HashData([.. "hash keys"u8, .. BitConverter.GetBytes(seed)]);
        for (int leaf = 0; leaf < HashKeys.Leaves; leaf++)
        {
            var all = new List<byte> { (byte)leaf };
            for (int chain = 0; chain < HashKeys.Chains; chain++) all.AddRange(HashKeys.Walk(Secret(leaf, chain), leaf, chain, 0, HashKeys.Steps));
            _nodes[HashKeys.Leaves + leaf] = SHA256.HashData(all.ToArray());
        }
        for (int node = HashKeys.Leaves - 1; node > 0; node--) _nodes[node] = HashKeys.Node(_nodes[2 * node], _nodes[2 * node + 1]);
        _nodes[1] = HashKeys.Root(scheme, _nodes[1]);
        PublicKey = (byte[])[scheme, .. _nodes[1]];
        Address = AccountAddress.FromPublicKey(PublicKey.Span);
    }

    public AccountAddress Address { get; }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public int SignatureSize => HashKeys.SignatureSize;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        int leaf = _next++;
        if (leaf >= HashKeys.Leaves) throw new InvalidOperationException("Expected a leaf that did not sign yet.");
        int[] digits = HashKeys.Digits(_nodes[1], leaf, message);
        (signature[0], signature[1]) = (PublicKey.Span[0], (byte)leaf);
        signature = signature[2..];
        for (int chain = 0; chain < HashKeys.Chains; chain++, signature = signature[32..]) HashKeys.Walk(Secret(leaf, chain), leaf, chain, 0, digits[chain]).CopyTo(signature);
        for (int node = HashKeys.Leaves + leaf; node > 1; node /= 2, signature = signature[32..]) _nodes[node ^ 1].CopyTo(signature);
    }

    private byte[] Secret(int leaf, int chain) => SHA256.HashData([.. _seed, (byte)leaf, (byte)chain]);
}

/// <summary>Checks such signatures.</summary>
internal sealed class HashKeyVerifier : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != HashKeys.KeySize || publicKey[0] is not (HashKeys.Scheme or AccountAddress.HashScheme) || signature.Length != HashKeys.SignatureSize || signature[0] != publicKey[0]) return false;
        int leaf = signature[1];
        if (leaf >= HashKeys.Leaves) return false;
        int[] digits = HashKeys.Digits(publicKey[1..], leaf, message);
        var all = new List<byte> { (byte)leaf };
        for (int chain = 0; chain < HashKeys.Chains; chain++)
            all.AddRange(HashKeys.Walk(signature.Slice(2 + 32 * chain, 32).ToArray(), leaf, chain, digits[chain], HashKeys.Steps));
        byte[] node = SHA256.HashData(all.ToArray());
        for (int level = 0; level < HashKeys.Height; level++)
        {
            ReadOnlySpan<byte> sibling = signature.Slice(2 + 32 * (HashKeys.Chains + level), 32);
            node = (leaf >> level & 1) == 0 ? HashKeys.Node(node, sibling) : HashKeys.Node(sibling, node);
        }
        return publicKey[1..].SequenceEqual(HashKeys.Root(publicKey[0], node));
    }

    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
    {
        for (int i = 0; i < claims.Length; i++) results[i] = Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span);
    }
}
