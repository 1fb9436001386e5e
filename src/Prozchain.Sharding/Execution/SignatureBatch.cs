using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The signatures of a whole body, collected as views into it and verified in one batch: before a block is voted for,
/// and apart from its execution. One object serves one body after the other.
/// </summary>
public sealed class SignatureBatch
{
    private readonly AccessList _access = new();
    private SignedMessage[] _entries = new SignedMessage[64];
    private int[] _transactions = new int[64];
    private bool[] _valid = new bool[64];
    private byte[][] _digests = [];
    private int _count;

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
        ExecutionResult result = TryCollect(transition, block, body);
        if (!result.IsOk) return result;
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
        _count = 0;
        for (int i = 0; i < body.TransactionCount; i++)
        {
            ReadOnlyMemory<byte> transaction = body.TransactionMemory(i);
            _access.Clear();
            var access = new AccessDeclaration(_access);
            TransactionFault fault = transition.Declare(transaction.Span, block, ref access);
            if (fault == TransactionFault.None && access.IsBad) fault = TransactionFault.BadDeclaration;
            if (fault != TransactionFault.None) return new ExecutionResult(ExecutionFault.BadTransaction, i, fault);
            var collector = new SignatureCollector(this, transaction, i);
            transition.Authorize(transaction.Span, block, ref collector);
        }
        return ExecutionResult.Ok;
    }

    /// <summary>Begins a collection that is not of one body.</summary>
    internal void Clear() => _count = 0;

    /// <summary>Verifies what was collected, on this thread, and names the transactions whose signatures do not all hold.</summary>
    internal void Verify(ISignatureVerifier verifier, List<int> bad)
    {
        if (_valid.Length < _count) _valid = new bool[_entries.Length];
        verifier.VerifyMany(Entries, _valid.AsMemory(0, _count));
        for (int i = 0; i < _count; i++)
            if (!_valid[i]) bad.Add(_transactions[i]);
    }

    internal void Add(int transaction, ReadOnlyMemory<byte> publicKey, in Digest message, ReadOnlyMemory<byte> signature)
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
        message.Span.CopyTo(_digests[_count]);
        _transactions[_count] = transaction;
        _entries[_count++] = new SignedMessage(publicKey, _digests[_count - 1], signature);
    }
}
