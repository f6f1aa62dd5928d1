/** What we use of WebGPU, as Dawn's add-on offers it. */
export interface Dawn {
  /** GPUBuffer, GPUBufferUsage and the like, which tfjs expects among the globals. */
  readonly globals: Readonly<Record<string, unknown>>;
  create(settings: readonly string[]): Gpu;
}

export interface Gpu {
  requestAdapter(wish: { powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly info: AdapterInfo;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: ReadonlySet<string>;
  requestDevice(wish: {
    requiredLimits: Readonly<Record<string, number>>;
    requiredFeatures: readonly string[];
  }): Promise<GpuDevice>;
}

export interface AdapterInfo {
  /** `nvidia`. */
  readonly vendor: string;
  /** `hopper`. */
  readonly architecture: string;
  readonly device: string;
  /** The driver and its version. */
  readonly description: string;
  /** The driver calls it a CPU: a software rasteriser. */
  readonly isFallbackAdapter: boolean;
}

export interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: Error }) => void): void;
  destroy(): void;
}

export function adapterName({ device, architecture, vendor, description }: AdapterInfo): string {
  const name = device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  return description ? `${name} (${description})` : name;
}

export function isSoftware(info: AdapterInfo): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(adapterName(info));
}
