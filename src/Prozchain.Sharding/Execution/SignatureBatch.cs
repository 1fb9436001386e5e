using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The signatures of a whole body, collected as views into it and verified in one batch: before a block is voted for,
/// and apart from its execution. One object serves one body after the other.
/// </summary>
public sealed class SignatureBatch
{
    private const int RowGroup = 64, MaxRow = 256;

    private readonly AccessList _access = new();
    private SignedMessage[] _entries = new SignedMessage[64];
    private int[] _transactions = new int[64];
    private bool[] _valid = new bool[64];
    private byte[][] _digests = [];
    private int _count;

    // Messages of one domain and length, the last of the entries, that are still to be hashed.
    private readonly byte[] _rows = new byte[RowGroup * MaxRow];
    private readonly Bytes32[] _hashes = new Bytes32[RowGroup];
    private DomainHash _domain = Domains.SignedTransfer;
    private int _pending, _rowLength;

    /// <summary>Number of signatures of the last body.</summary>
    public int Count => _count;

    /// <summary>The signatures of the last body that <see cref="TryCollect"/> took.</summary>
    public ReadOnlyMemory<SignedMessage> Entries => _entries.AsMemory(0, _count);

    /// <summary>Collects and verifies all signatures of a body.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="maxDegreeOfParallelism">How many threads may verify; 1 is serial.</param>
    /// <returns>Ok, or the first transaction with a fault, of form before signatures.</returns>
    public ExecutionResult Verify<TTransition>(TTransition transition, in BlockContext block, MicroBlockBody body, ISignatureVerifier verifier, int maxDegreeOfParallelism = 1)
        where TTransition : IShardTransition
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return Verify(transition, block, body, verifier, default, maxDegreeOfParallelism);
    }

    /// <summary>As above, but for transactions that are known to hold: true at their places, or none.</summary>
    internal ExecutionResult Verify<TTransition>(TTransition transition, in BlockContext block, MicroBlockBody body, ISignatureVerifier verifier, ReadOnlySpan<bool> known, int maxDegreeOfParallelism = 1)
        where TTransition : IShardTransition
    {
        ExecutionResult result = Collect(transition, block, body, known);
        if (!result.IsOk || _count == 0) return result;
        if (_valid.Length < _count) _valid = new bool[_entries.Length];
        verifier.VerifyMany(Entries, _valid.AsMemory(0, _count), maxDegreeOfParallelism);
        int bad = _valid.AsSpan(0, _count).IndexOf(false);
        return bad < 0 ? result : new ExecutionResult(ExecutionFault.BadTransaction, _transactions[bad], TransactionFault.BadSignature);
    }

    /// <summary>Collects the signatures of a body without verifying them.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds.</param>
    /// <returns>Ok, or the first transaction whose form has a fault.</returns>
    public ExecutionResult TryCollect<TTransition>(TTransition transition, in BlockContext block, MicroBlockBody body)
        where TTransition : IShardTransition
    {
        ArgumentNullException.ThrowIfNull(body);
        return Collect(transition, block, body, default);
    }

    private ExecutionResult Collect<TTransition>(TTransition transition, in BlockContext block, MicroBlockBody body, ReadOnlySpan<bool> known)
        where TTransition : IShardTransition
    {
        Clear();
        for (int i = 0; i < body.TransactionCount; i++)
        {
            if (i < known.Length && known[i]) continue;
            ReadOnlyMemory<byte> transaction = body.TransactionMemory(i);
            _access.Clear();
            var access = new AccessDeclaration(_access);
            TransactionFault fault = transition.Declare(transaction.Span, block, ref access);
            if (fault == TransactionFault.None && access.IsBad) fault = TransactionFault.BadDeclaration;
            if (fault != TransactionFault.None) return new ExecutionResult(ExecutionFault.BadTransaction, i, fault);
            var collector = new SignatureCollector(this, transaction, i);
            transition.Authorize(transaction.Span, block, ref collector);
        }
        HashPending();
        return ExecutionResult.Ok;
    }

    /// <summary>Begins a collection that is not of one body.</summary>
    internal void Clear() => (_count, _pending) = (0, 0);

    /// <summary>Verifies what was collected, on this thread, and names the transactions whose signatures do not all hold.</summary>
    internal void Verify(ISignatureVerifier verifier, List<int> bad)
    {
        HashPending();
        if (_valid.Length < _count) _valid = new bool[_entries.Length];
        verifier.VerifyMany(Entries, _valid.AsMemory(0, _count));
        for (int i = 0; i < _count; i++)
            if (!_valid[i]) bad.Add(_transactions[i]);
    }

    internal void Add(int transaction, ReadOnlyMemory<byte> publicKey, in Digest message, ReadOnlyMemory<byte> signature)
    {
        HashPending();
        message.Span.CopyTo(Add(transaction, publicKey, signature));
    }

    internal void Add(int transaction, ReadOnlyMemory<byte> publicKey, DomainHash domain, ReadOnlySpan<byte> message, ReadOnlyMemory<byte> signature)
    {
        if (message.Length is 0 or > MaxRow)
        {
            Add(transaction, publicKey, new Digest(domain.Hash(message)), signature);
            return;
        }
        if (_pending == RowGroup || _rowLength != message.Length || !ReferenceEquals(_domain, domain))
        {
            HashPending();
            (_domain, _rowLength) = (domain, message.Length);
        }
        message.CopyTo(_rows.AsSpan(_pending++ * _rowLength));
        Add(transaction, publicKey, signature);
    }

    private byte[] Add(int transaction, ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> signature)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * _count);
            Array.Resize(ref _transactions, 2 * _count);
        }
        if (_digests.Length < _entries.Length)
        {
            int known = _digests.Length;
            Array.Resize(ref _digests, _entries.Length);
            for (int i = known; i < _digests.Length; i++) _digests[i] = new byte[Digest.Size];
        }
        byte[] digest = _digests[_count];
        _transactions[_count] = transaction;
        _entries[_count++] = new SignedMessage(publicKey, digest, signature);
        return digest;
    }

    private void HashPending()
    {
        if (_pending == 0) return;
        Span<Bytes32> hashes = _hashes.AsSpan(0, _pending);
        _domain.HashRows(_rows.AsSpan(0, _pending * _rowLength), _rowLength, hashes);
        for (int i = 0; i < _pending; i++) hashes[i].Span.CopyTo(_digests[_count - _pending + i]);
        _pending = 0;
    }
}
