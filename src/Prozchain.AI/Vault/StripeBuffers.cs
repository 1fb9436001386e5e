using System.Threading.Channels;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>The memory of one operation: one stripe, one framed piece, the digests of the pieces, and which are present.</summary>
internal sealed class StripeBuffers
{
    public StripeBuffers(ModelVaultOptions options)
    {
        int total = options.DataPieces + options.ParityPieces;
        Data = GC.AllocateUninitializedArray<byte>(options.LeafSize * options.DataPieces);
        Parity = GC.AllocateUninitializedArray<byte>(options.LeafSize * options.ParityPieces);
        Frame = GC.AllocateUninitializedArray<byte>(PieceFrame.MaxSize(options.LeafSize, total));
        Digests = new Bytes32[total];
        Present = new bool[total];
    }

    /// <summary>The data pieces, one behind another at the stripe's own piece length.</summary>
    public byte[] Data { get; }

    public byte[] Parity { get; }

    public byte[] Frame { get; }

    public Bytes32[] Digests { get; }

    public bool[] Present { get; }

    public Span<byte> Piece(int piece, int dataPieces, int length) =>
        piece < dataPieces ? Data.AsSpan(piece * length, length) : Parity.AsSpan((piece - dataPieces) * length, length);
}

/// <summary>As many buffers as the budget holds, made when first needed and kept. An operation that finds none waits.</summary>
internal sealed class StripeBufferPool(ModelVaultOptions options)
{
    private readonly Channel<StripeBuffers> _free = Channel.CreateUnbounded<StripeBuffers>();
    private readonly int _capacity = (int)Math.Min(options.MemoryBudget / options.OperationMemory, int.MaxValue);
    private int _made;

    public long Bytes => Math.Min(Volatile.Read(ref _made), _capacity) * options.OperationMemory;

    public ValueTask<StripeBuffers> RentAsync(CancellationToken cancellationToken)
    {
        if (_free.Reader.TryRead(out StripeBuffers? buffers)) return ValueTask.FromResult(buffers);
        for (int made = Volatile.Read(ref _made); made < _capacity; made = Volatile.Read(ref _made))
            if (Interlocked.CompareExchange(ref _made, made + 1, made) == made) return ValueTask.FromResult(Make());
        return _free.Reader.ReadAsync(cancellationToken);
    }

    private StripeBuffers Make()
    {
        try
        {
            return new StripeBuffers(options);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Decrement(ref _made);
            throw;
        }
    }

    public void Return(StripeBuffers buffers) => _free.Writer.TryWrite(buffers);
}
