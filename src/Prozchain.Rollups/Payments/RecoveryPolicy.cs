using System.Buffers.Binary;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// Who may give an account a new key: the payload of <see cref="PaymentKind.SetRecovery"/>, a view of its bytes. Threshold
/// and number of guardians, a byte each, the delay in seconds, 4 bytes, little-endian, and the guardians' addresses in
/// ascending order. An empty payload names nobody.
/// </summary>
public readonly ref struct RecoveryPolicy
{
    /// <summary>Guardians at most.</summary>
    public const int MaxGuardians = 16;

    private const int HeadSize = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private RecoveryPolicy(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many guardians it takes.</summary>
    public int Threshold => _bytes.IsEmpty ? 0 : _bytes[0];

    /// <summary>How many guardians there are.</summary>
    public int Count => _bytes.IsEmpty ? 0 : _bytes[1];

    /// <summary>Seconds that must pass from the start of a recovery to its end.</summary>
    public uint DelaySeconds => _bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(_bytes[2..]);

    /// <summary>Reads a payload from untrusted bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecoveryPolicy policy)
    {
        policy = default;
        if (bytes.IsEmpty) return true;
        if (bytes.Length < HeadSize) return false;
        (int threshold, int count) = (bytes[0], bytes[1]);
        if (count > MaxGuardians || threshold < 1 || threshold > count || bytes.Length != HeadSize + count * AccountAddress.Size) return false;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> guardian = Guardian(bytes, i);
            if (guardian[0] == 0 || (i > 0 && guardian.SequenceCompareTo(Guardian(bytes, i - 1)) <= 0)) return false;
        }
        policy = new RecoveryPolicy(bytes);
        return true;
    }

    /// <summary>Puts a payload together.</summary>
    /// <exception cref="ArgumentException">A threshold, a number of guardians, or a guardian twice that no policy may have.</exception>
    public static byte[] Encode(int threshold, uint delaySeconds, params ReadOnlySpan<AccountAddress> guardians)
    {
        var bytes = new byte[HeadSize + guardians.Length * AccountAddress.Size];
        (bytes[0], bytes[1]) = ((byte)threshold, (byte)guardians.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(2), delaySeconds);
        AccountAddress[] sorted = guardians.ToArray();
        Array.Sort(sorted, (a, b) => a.Scheme != b.Scheme ? a.Scheme.CompareTo(b.Scheme) : a.Digest.CompareTo(b.Digest));
        for (int i = 0; i < sorted.Length; i++) sorted[i].CopyTo(bytes.AsSpan(HeadSize + i * AccountAddress.Size));
        return threshold <= byte.MaxValue && TryRead(bytes, out _) ? bytes
            : throw new ArgumentException($"Expected 1 to {MaxGuardians} different guardians and a threshold among them, got {threshold} of {guardians.Length}.", nameof(guardians));
    }

    /// <summary>The place of a guardian in the list, or -1.</summary>
    public int IndexOf(in AccountAddress account)
    {
        Span<byte> sought = stackalloc byte[AccountAddress.Size];
        account.CopyTo(sought);
        for (int i = 0; i < Count; i++)
            if (Guardian(_bytes, i).SequenceEqual(sought)) return i;
        return -1;
    }

    private static ReadOnlySpan<byte> Guardian(ReadOnlySpan<byte> bytes, int index) => bytes.Slice(HeadSize + index * AccountAddress.Size, AccountAddress.Size);
}
