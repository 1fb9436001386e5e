using System.Runtime.InteropServices;
using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Keys and signatures. A key is written where its account first signs in the batch or changes it; a signature leaves out
/// its scheme byte where that is its key's.
/// </summary>
internal sealed class AuthorizationColumns(int maxSize)
{
    private const ulong Usual = 0, Other = 1;

    private readonly Dictionary<ulong, ReadOnlyMemory<byte>> _keys = [];
    private ulong[] _keyCodes = [], _lengths = [], _schemeCodes = [], _keyLengths = [];

    public void Write(ReadOnlySpan<Authorization> column, ReadOnlySpan<ulong> handles, ColumnWriter columns)
    {
        Start(column.Length);
        int literals = 0;
        for (int i = 0; i < column.Length; i++)
        {
            ReadOnlyMemory<byte> key = column[i].PublicKey, signature = column[i].Signature;
            if (Math.Max(key.Length, signature.Length) > maxSize)
                throw new ArgumentException($"Expected keys and signatures of at most {maxSize} bytes, got {key.Length} and {signature.Length}.", nameof(column));
            ref ReadOnlyMemory<byte> last = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys, handles[i], out bool isLater);
            bool isLiteral = isLater ? !key.Span.SequenceEqual(last.Span) : !key.IsEmpty;
            last = key;
            _keyCodes[i] = isLiteral != isLater ? Usual : Other;
            if (isLiteral) _keyLengths[literals++] = (ulong)key.Length;
            _lengths[i] = (ulong)signature.Length;
            _schemeCodes[i] = SharesScheme(key.Span, signature.Span) || signature.IsEmpty ? Usual : Other;
        }
        columns.WriteNumbers(_keyCodes.AsSpan(0, column.Length));
        columns.WriteNumbers(_keyLengths.AsSpan(0, literals));
        _keys.Clear();
        for (int i = 0; i < column.Length; i++)
            if (IsLiteral(i, !_keys.TryAdd(handles[i], default))) columns.WriteBytes(column[i].PublicKey.Span);
        columns.EndColumn("keys");
        columns.WriteNumbers(_lengths.AsSpan(0, column.Length));
        columns.WriteNumbers(_schemeCodes.AsSpan(0, column.Length));
        for (int i = 0; i < column.Length; i++)
        {
            ReadOnlySpan<byte> signature = column[i].Signature.Span;
            columns.WriteBytes(signature.IsEmpty || _schemeCodes[i] == Other ? signature : signature[1..]);
        }
        columns.EndColumn("signatures");
    }

    /// <summary>Reads into a buffer that holds the signatures, whole; it is the caller's, who may give it again.</summary>
    public bool TryRead(Span<Authorization> column, ReadOnlySpan<ulong> handles, ColumnReader columns, ref byte[] buffer)
    {
        Start(column.Length);
        if (!columns.TryReadNumbers(_keyCodes.AsSpan(0, column.Length))) return false;
        int literals = 0;
        for (int i = 0; i < column.Length; i++)
        {
            if (_keyCodes[i] > Other) return columns.Fail(BatchFault.Malformed);
            if (IsLiteral(i, !_keys.TryAdd(handles[i], default))) literals++;
        }
        if (!TryReadLengths(_keyLengths.AsSpan(0, literals), columns, out _)) return false;
        _keys.Clear();
        literals = 0;
        for (int i = 0; i < column.Length; i++)
        {
            ref ReadOnlyMemory<byte> last = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys, handles[i], out bool isLater);
            if (IsLiteral(i, isLater))
            {
                if (!columns.TryReadBytes((int)_keyLengths[literals++], out ReadOnlyMemory<byte> key)) return false;
                if (isLater ? key.Span.SequenceEqual(last.Span) : key.IsEmpty) return columns.Fail(BatchFault.NotCanonical);
                last = key;
            }
            column[i] = new Authorization(last, default);
        }
        return TryReadSignatures(column, columns, ref buffer);
    }

    private bool TryReadSignatures(Span<Authorization> column, ColumnReader columns, ref byte[] buffer)
    {
        Span<ulong> lengths = _lengths.AsSpan(0, column.Length), schemes = _schemeCodes.AsSpan(0, column.Length);
        if (!TryReadLengths(lengths, columns, out long total) || !columns.TryReadNumbers(schemes)) return false;
        // A scheme byte that is left out is one byte a signature.
        if (total - column.Length > columns.Remaining) return columns.Fail(BatchFault.Truncated);
        if (buffer.Length < total) buffer = new byte[Math.Max(total, Math.Min(2L * buffer.Length, Array.MaxLength))];
        int at = 0;
        for (int i = 0; i < column.Length; i++)
        {
            if (schemes[i] > Other) return columns.Fail(BatchFault.Malformed);
            int length = (int)lengths[i], left = length == 0 || schemes[i] == Other ? 0 : 1;
            ReadOnlyMemory<byte> key = column[i].PublicKey;
            if (left == 1 && key.IsEmpty) return columns.Fail(BatchFault.NotCanonical);
            if (!columns.TryReadBytes(length - left, out ReadOnlyMemory<byte> rest)) return false;
            Span<byte> signature = buffer.AsSpan(at, length);
            if (left == 1) signature[0] = key.Span[0];
            rest.Span.CopyTo(signature[left..]);
            if (schemes[i] == Other && (length == 0 || SharesScheme(key.Span, signature))) return columns.Fail(BatchFault.NotCanonical);
            column[i] = new Authorization(key, buffer.AsMemory(at, length));
            at += length;
        }
        return true;
    }

    private bool TryReadLengths(Span<ulong> lengths, ColumnReader columns, out long total)
    {
        total = 0;
        if (!columns.TryReadNumbers(lengths)) return false;
        foreach (ulong length in lengths)
        {
            if (length > (ulong)maxSize) return columns.Fail(BatchFault.LimitExceeded);
            total += (long)length;
        }
        return true;
    }

    // Usual is a key at an account's first and the same key later.
    private bool IsLiteral(int index, bool isLater) => (_keyCodes[index] == Usual) != isLater;

    private static bool SharesScheme(ReadOnlySpan<byte> key, ReadOnlySpan<byte> signature) => !key.IsEmpty && !signature.IsEmpty && key[0] == signature[0];

    private void Start(int count)
    {
        _keys.Clear();
        if (_keyCodes.Length < count)
            (_keyCodes, _lengths, _schemeCodes, _keyLengths) = (new ulong[count], new ulong[count], new ulong[count], new ulong[count]);
    }
}
