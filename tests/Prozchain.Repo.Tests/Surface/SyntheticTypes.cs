#pragma warning disable IDE0130, SA1402, CA1051, CA1032, CA1063, CA1816, CA1716, CA1711, CA1034, CA1002, CA1028, CA1070, CA1052, CA1067, CA2211, CS0067, CA1724, CA1710, CA1043, CA2231, CA1815
namespace Prozchain.Repo.Tests.Surface.Synthetic;

public delegate T? Handler<T>(in T value, params ReadOnlySpan<byte> rest) where T : class;

[Flags]
public enum Kind : byte
{
    None,
    First,
}

public interface IShape
{
    double Area { get; }

    static abstract IShape Create();

    void Draw(Span<byte> on, out int written);

    bool TryDraw() => false;
}

public readonly record struct Point(int X, int? Y);

public static class Helpers
{
    public static int Twice(this int value, int times = 2) => value * times;

    public static int Defaults(Kind kind = Kind.First, string? text = null, int? number = null, CancellationToken token = default) =>
        (int)kind + (text?.Length ?? 0) + (number ?? 0) + (token.CanBeCanceled ? 1 : 0);
}

public abstract class Sample<T> : IDisposable where T : unmanaged, IEquatable<T>
{
    public const string Name = "sample";
    public static readonly int Answer = 42;
    internal int Hidden;
    private T _state;

    protected Sample(string? label, List<string?> labels) => Hidden = (label?.Length ?? 0) + labels.Count;

    public event EventHandler Changed { add { } remove { } }

    public required string Label { get; init; }

    protected int Count => Hidden;

    public string this[int index]
    {
        get => Label;
        protected set => Hidden = index;
    }

    public static Sample<T> operator +(Sample<T> left, Sample<T> right) => left.Hidden > right.Hidden ? left : right;

    public Dictionary<string, T[]>? Find<TKey>(TKey key) where TKey : class, new() => key is null ? null : [];

    public ref readonly T Peek() => ref _state;

    public virtual void Dispose() => _state = default;

    public override string ToString() => Label;

    protected abstract T Next(ref T state);

    internal void Internal() => Hidden++;

    public sealed class Inner;
}
