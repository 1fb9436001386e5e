using System.Threading.Channels;
using Prozchain.AI.Codec;

namespace Prozchain.AI.Vault;

/// <summary>The loaders that the workers of one operation share for stripes of bases, one stripe each, each with a slot of its own.</summary>
internal sealed class BaseLoaders(ShardCalls calls, StripeCode code)
{
    private readonly Channel<StripeLoader> _free = Channel.CreateUnbounded<StripeLoader>();

    public void Add(StripeSlot slot) => Return(new StripeLoader(calls, code, slot));

    /// <summary>One that nobody uses. Who has one waits for no other.</summary>
    public ValueTask<StripeLoader> RentAsync(CancellationToken cancellationToken) => _free.Reader.ReadAsync(cancellationToken);

    public void Return(StripeLoader loader) => _free.Writer.TryWrite(loader);
}
