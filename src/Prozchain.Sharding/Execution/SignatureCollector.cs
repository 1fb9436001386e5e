using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Execution;

/// <summary>Takes, from <see cref="IShardTransition.Authorize"/>, the signatures of one transaction as places in its bytes.</summary>
public readonly ref struct SignatureCollector
{
    private readonly SignatureBatch _batch;
    private readonly ReadOnlyMemory<byte> _transaction;
    private readonly int _index;

    internal SignatureCollector(SignatureBatch batch, ReadOnlyMemory<byte> transaction, int index)
    {
        _batch = batch;
        _transaction = transaction;
        _index = index;
    }

    /// <summary>Names a signature that must hold.</summary>
    /// <param name="keyAt">Where in the transaction the public key lies, scheme byte first.</param>
    /// <param name="keyLength">Its length.</param>
    /// <param name="message">What is signed: a digest of one domain that binds the chain and all that the transaction says.</param>
    /// <param name="signatureAt">Where in the transaction the signature lies, scheme byte first.</param>
    /// <param name="signatureLength">Its length.</param>
    public void Add(int keyAt, int keyLength, in Digest message, int signatureAt, int signatureLength) =>
        _batch.Add(_index, _transaction.Slice(keyAt, keyLength), message, _transaction.Slice(signatureAt, signatureLength));

    /// <summary>As above, where what is signed is the hash of all bytes before the signature: many are hashed at once.</summary>
    internal void AddOverPrefix(DomainHash domain, int keyAt, int keyLength, int signatureAt, int signatureLength) =>
        _batch.Add(_index, _transaction.Slice(keyAt, keyLength), domain, _transaction.Span[..signatureAt], _transaction.Slice(signatureAt, signatureLength));
}
