using System.Reflection;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>What of the code that hostile bytes reach goes around the runtime's bounds checks: kernels that are named here, and nothing else.</summary>
public sealed class VerifierCodeTests
{
    /// <summary>How the names of these types start; the reasons are in docs/security.md, "The verifier as a program".</summary>
    private static readonly string[] s_kernels =
    [
        "Prozchain.Shared.", "Prozchain.Zk.Hashing.", "Prozchain.Zk.Lanes.", "Prozchain.Zk.Fields.Extension", "Prozchain.Zk.Merkle.Field",
    ];

    private static readonly Lazy<ReachableCode> s_code = new(() =>
    {
        Assembly assembly = typeof(StarkVerifier).Assembly;
        ReachableCode code = new(assembly);
        // What a key has chosen: the fields, extensions and hashes; and every AIR there is.
        foreach (MethodInfo method in typeof(StarkEngines).GetMethods(BindingFlags.NonPublic | BindingFlags.Static)) code.MeetTypesOf(method);
        foreach (Type air in assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IAir)) && !type.IsInterface)) code.Meet(air);
        code.Add(typeof(StarkProof).GetMethod(nameof(StarkProof.TryRead))!);
        code.Add(typeof(StarkVerifier).GetMethod(nameof(StarkVerifier.Verify))!);
        code.Add(typeof(StarkGroup).GetMethod(nameof(StarkGroup.Verify))!);
        return code;
    });

    [Fact]
    public void Verify_AllThatItReaches_IsSafeButForTheKernels()
    {
        string[] found = [.. s_code.Value.Methods.Where(IsUnsafe).Select(method => Outermost(method.DeclaringType!)).Distinct()];
        Assert.DoesNotContain(found, type => !s_kernels.Any(kernel => type.StartsWith(kernel, StringComparison.Ordinal)));
        Assert.All(s_kernels, kernel => Assert.Contains(found, type => type.StartsWith(kernel, StringComparison.Ordinal)));
    }

    [Fact]
    public void Reached_IsTheVerifierAndNotTheProver()
    {
        HashSet<string> types = [.. s_code.Value.Methods.Select(method => Outermost(method.DeclaringType!))];
        string[] verifier =
        [
            Outermost(typeof(StarkVerifierRun<,,>)), Outermost(typeof(FriVerifier)), Outermost(typeof(FoldPath<,>)), Outermost(typeof(BatchVerifier<,>)), Outermost(typeof(VerifierTranscript<>)),
            Outermost(typeof(Extension<,>)), Outermost(typeof(Field31<>)), Outermost(typeof(Prozchain.Zk.Airs.FibonacciAir)), Outermost(typeof(SpongeMatrixHash<,,>)),
        ];
        Assert.Empty(verifier.Except(types));
        Assert.Empty(types.Intersect([Outermost(typeof(StarkProverRun<,,>)), Outermost(typeof(FriProver)), Outermost(typeof(ProverTranscript<>)), "Prozchain.Zk.Stark.TapeKernel"]));
    }

    private static bool IsUnsafe(MethodBase method) =>
        !method.DeclaringType!.Name.StartsWith('<') && (HasPointers(method) || ReachableCode.Outside(method).Any(GoesAroundChecks));

    private static bool HasPointers(MethodBase method) =>
        method.GetParameters().Any(parameter => parameter.ParameterType.IsPointer) || (method as MethodInfo)?.ReturnType.IsPointer == true
        || (method.GetMethodBody()?.LocalVariables.Any(local => local.LocalType.IsPointer) ?? false);

    private static bool GoesAroundChecks(MethodBase called) => called.DeclaringType?.FullName?.Split('`')[0] switch
    {
        "System.Runtime.CompilerServices.Unsafe" or "System.Runtime.InteropServices.NativeMemory" => true,
        "System.Runtime.InteropServices.MemoryMarshal" => called.Name is "GetReference" or "GetArrayDataReference" or "CreateSpan" or "CreateReadOnlySpan" or "AsRef",
        "System.Span" or "System.ReadOnlySpan" => false,
        { } name when name.StartsWith("System.Runtime.Intrinsics.", StringComparison.Ordinal) =>
            called.Name is "LoadUnsafe" or "StoreUnsafe" || called.GetParameters().Any(parameter => parameter.ParameterType.IsPointer),
        _ => false,
    };

    private static string Outermost(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.FullName!.Split('`')[0];
    }
}
