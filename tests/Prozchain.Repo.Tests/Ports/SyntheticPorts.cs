#pragma warning disable IDE0130, SA1402
using Prozchain.Repo.Tests.Ports.Synthetic.Elsewhere;

namespace Prozchain.Repo.Tests.Ports.Synthetic.Elsewhere
{
    /// <summary>A fine struct in the wrong place.</summary>
    public readonly record struct Foreign(int Value);
}

namespace Prozchain.Repo.Tests.Ports.Synthetic.Ports
{
    public enum Outcome { Fine, Broken }

    public readonly record struct Ticket(ulong Number, ReadOnlyMemory<byte> Digest, Outcome Outcome)
    {
        private readonly Foreign _private = new((int)Number);

        public int Kept => _private.Value;
    }

    public readonly record struct Smuggler(Foreign Inside);

    public record struct Mutable(int Value);

    public sealed record Reference(int Value);

    public readonly record struct Huge(long A, long B, long C, long D, long E, long F, long G, long H, long I);

    public interface IGood
    {
        int Count { get; }

        ValueTask<Ticket> StoreAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

        bool TryLoad(in Ticket ticket, Span<byte> destination, out Outcome outcome);
    }

    public interface IGrown : IGood, IDisposable
    {
        void One();

        void Two();
    }

    public interface ITooMany : IGrown
    {
        event EventHandler Changed;
    }

    public interface IEmpty;

    public interface IForeign
    {
        ValueTask<IReadOnlyList<Foreign>> LoadAsync();
    }

    public interface IMutable
    {
        void Take(ref Mutable value);
    }

    public interface IReference
    {
        Reference[] Load();
    }

    public interface ISmuggler
    {
        Smuggler Load();
    }

    public interface IHuge
    {
        void Take(in Huge huge);
    }

    public abstract class NotYetGood : IGood
    {
        public abstract int Count { get; }

        public abstract ValueTask<Ticket> StoreAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

        public abstract bool TryLoad(in Ticket ticket, Span<byte> destination, out Outcome outcome);
    }

    public readonly struct EmptyDefault : IEmpty;
}
