using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Inference;

/// <summary>What a workload does in an AI platform, as far as it is declared or can be inferred. Our inference: Kubernetes knows no such thing.</summary>
/// <param name="Role">What it is, for people: <c>model server</c>, <c>vector store</c>, <c>agent</c>, <c>tool server</c>.</param>
/// <param name="IsDeclared">Whether somebody wrote it down.</param>
/// <param name="Evidence">What it was seen by: <c>image ollama/ollama</c>, <c>port 6333</c>.</param>
public sealed record AiWorkload(string Role, bool IsDeclared, string Evidence)
{
    /// <summary>The label or annotation by which a workload is declared; its value is a role with hyphens.</summary>
    public const string Key = "ringfence.dev/ai-role";

    private const string ModelServer = "model server";
    private const string VectorStore = "vector store";
    private const string Agent = "agent";
    private const string ToolServer = "tool server";

    private static readonly ImmutableArray<string> Roles = [ModelServer, VectorStore, Agent, ToolServer];

    // Repositories as their projects publish them: the end of the image's name, without registry, tag and digest.
    private static readonly ImmutableArray<(string Repository, string Role)> Repositories =
    [
        ("vllm/vllm-openai", ModelServer), ("vllm-openai", ModelServer), ("ollama/ollama", ModelServer), ("ollama", ModelServer),
        ("huggingface/text-generation-inference", ModelServer), ("huggingface/text-embeddings-inference", ModelServer),
        ("nvidia/tritonserver", ModelServer), ("tritonserver", ModelServer), ("tensorflow/serving", ModelServer), ("pytorch/torchserve", ModelServer),
        ("ggml-org/llama.cpp", ModelServer), ("ggerganov/llama.cpp", ModelServer), ("localai/localai", ModelServer), ("lmsysorg/sglang", ModelServer),
        ("berriai/litellm", ModelServer), ("xprobe/xinference", ModelServer), ("kserve/huggingfaceserver", ModelServer), ("seldonio/mlserver", ModelServer),
        ("qdrant/qdrant", VectorStore), ("qdrant", VectorStore), ("milvusdb/milvus", VectorStore), ("semitechnologies/weaviate", VectorStore), ("weaviate", VectorStore),
        ("chromadb/chroma", VectorStore), ("chroma-core/chroma", VectorStore), ("pgvector/pgvector", VectorStore), ("vespaengine/vespa", VectorStore),
        ("n8nio/n8n", Agent), ("langgenius/dify-api", Agent), ("flowiseai/flowise", Agent), ("langflowai/langflow", Agent), ("all-hands-ai/openhands", Agent),
        ("langchain/langgraph-api", Agent), ("significantgravitas/auto-gpt", Agent),
        ("supercorp/supergateway", ToolServer), ("langgenius/dify-sandbox", ToolServer),
    ];

    // Ports that next to nothing else uses.
    private static readonly ImmutableArray<(int Port, string Role)> Ports = [(11434, ModelServer), (6333, VectorStore), (6334, VectorStore), (19530, VectorStore)];

    /// <summary>Looks at a workload; null where nothing suggests that it is one.</summary>
    /// <param name="declaredBy">The object that declares it: its annotations count.</param>
    /// <param name="pod">One of its pods.</param>
    public static AiWorkload? Of(KubernetesObject declaredBy, Pod pod) => Declared(declaredBy, pod) ?? ByImage(pod) ?? ByPort(pod);

    private static AiWorkload? Declared(KubernetesObject declaredBy, Pod pod)
    {
        foreach (var (value, where) in ((string?, string)[])[(pod.Labels[Key], "label"), (pod.Annotations[Key], "annotation"), (declaredBy.Annotations[Key], "annotation")])
            if (value is not null && Roles.FirstOrDefault(role => role == value.Replace('-', ' ')) is { } role)
                return new AiWorkload(role, IsDeclared: true, $"{where} {Key}={value}");
        return null;
    }

    private static AiWorkload? ByImage(Pod pod)
    {
        foreach (var image in pod.Images)
        {
            var repository = Repository(image);
            foreach (var (known, role) in Repositories)
                if (repository == known || (known.Contains('/') && repository.EndsWith($"/{known}", StringComparison.Ordinal))) return Inferred(role, repository);
            var name = repository[(repository.LastIndexOf('/') + 1)..];
            if (repository.StartsWith("nvcr.io/nim/", StringComparison.Ordinal)) return Inferred(ModelServer, repository);
            if (repository.StartsWith("mcp/", StringComparison.Ordinal) || name.Split('-', '_', '.').Contains("mcp", StringComparer.Ordinal)) return Inferred(ToolServer, repository);
        }

        return null;

        static AiWorkload Inferred(string role, string repository) => new(role, IsDeclared: false, $"image {repository}");
    }

    private static AiWorkload? ByPort(Pod pod)
    {
        foreach (var (port, role) in Ports)
            if (pod.Network.Ports.Any(declared => declared.Port == port && declared.Protocol == Protocol.Tcp)) return new AiWorkload(role, IsDeclared: false, $"port {port}");
        return null;
    }

    // registry:5000/a/b:tag@sha256:… is registry:5000/a/b; Docker's own registry needs no name.
    private static string Repository(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/')) name = name[..colon];
        foreach (var prefix in (ReadOnlySpan<string>)["docker.io/library/", "docker.io/", "index.docker.io/", "registry-1.docker.io/"])
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return name[prefix.Length..];
        return name;
    }
}
