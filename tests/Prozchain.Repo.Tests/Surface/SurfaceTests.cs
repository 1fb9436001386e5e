using Prozchain.Repo.Tests.Surface.Synthetic;
using Prozchain.Testing;

namespace Prozchain.Repo.Tests.Surface;

public sealed class SurfaceTests
{
    public static TheoryData<string> Libraries => [.. Repository.Libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Surface_OfTheLibrary_IsTheApprovedOne(string library) =>
        Approved.Check($"eng/api/{library}.txt", PublicSurface.Write(library, Repository.Assembly(library).GetExportedTypes()));

    [Fact]
    public void Surfaces_Approved_BelongToLibraries() =>
        Violation.AssertNone(Repository.Files.Where(file => file.StartsWith("eng/api/", StringComparison.Ordinal))
            .Where(file => !Repository.Libraries.Contains(Path.GetFileNameWithoutExtension(file)))
            .Select(file => new Violation("eng/api holds one file for each library", file, "a library of this name", "none")));

    [Fact]
    public void Write_SyntheticTypes_ReadsLikeCSharp()
    {
        string surface = PublicSurface.Write("Synthetic", [typeof(Sample<>), typeof(Kind), typeof(Handler<>), typeof(IShape), typeof(Sample<>.Inner), typeof(Point), typeof(Helpers)]);
        string diff = TextDiff.Of(Expected, surface);
        Assert.True(diff.Length == 0, diff);
    }

    [Theory]
    [InlineData("a\nb\nc", "a\nb\nc", "")]
    [InlineData("a\nb\nc", "a\nx\nc", "- b\n+ x\n")]
    [InlineData("a", "a\nb", "+ b\n")]
    [InlineData("a\nb", "b", "- a\n")]
    public void TextDiff_Cases_NameTheChangedLines(string a, string b, string diff) => Assert.Equal(diff, TextDiff.Of(a, b));

    private const string Expected = """
        The public surface of Synthetic. Written by tests/Prozchain.Repo.Tests; see CONTRIBUTING.md on approving a change.

        namespace Prozchain.Repo.Tests.Surface.Synthetic

            public delegate T? Handler<T>(in T value, params ReadOnlySpan<byte> rest) where T : class

            public static class Helpers
                public static int Defaults(Kind kind = Kind.First, string? text = null, int? number = null, CancellationToken token = default)
                public static int Twice(this int value, int times = 2)

            public interface IShape
                public double Area { get; }
                public static abstract IShape Create()
                public void Draw(Span<byte> on, out int written)
                public virtual bool TryDraw()

            [Flags] public enum Kind : byte
                None = 0
                First = 1

            public readonly record struct Point : IEquatable<Point>
                public Point(int X, int? Y)
                public int X { get; init; }
                public int? Y { get; init; }

            public abstract class Sample<T> : IDisposable where T : unmanaged, IEquatable<T>
                public static readonly int Answer
                public const string Name = "sample"
                protected Sample(string? label, List<string?> labels)
                protected int Count { get; }
                public string this[int index] { get; protected set; }
                public required string Label { get; init; }
                public event EventHandler Changed
                public virtual void Dispose()
                public Dictionary<string, T[]>? Find<TKey>(TKey key) where TKey : class, new()
                protected abstract T Next(ref T state)
                public ref readonly T Peek()
                public override string ToString()
                public static Sample<T> op_Addition(Sample<T> left, Sample<T> right)

            public sealed class Sample<T>.Inner
                public Inner()

        """;
}
