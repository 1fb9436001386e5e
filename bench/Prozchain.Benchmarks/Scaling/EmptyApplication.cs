using System.Buffers;
using Prozchain.Sharding;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>Blocks without a body that do nothing.</summary>
internal sealed class EmptyApplication : IOrderedApplication
{
    public bool Build(in Digest parent, ulong height, long timeMs, int maxBytes, IBufferWriter<byte> body) => false;

    public BlockCheck Check(MicroBlock block) => BlockCheck.Valid;

    public bool TryGetResult(in Digest block, bool sealing, out ExecutedBlock result)
    {
        result = new ExecutedBlock(block, block, block);
        return true;
    }

    public void Finalized(MicroBlock block, OrderingCertificate certificate)
    {
    }

    public void Accuse(VoteEvidence evidence)
    {
    }
}
